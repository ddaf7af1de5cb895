// How long Azurite takes to delete 1,000 blobs, by a client that does nothing but send requests which were made before; and what it does meanwhile.
//
//   node bench/azurite-deletion/measure.mjs ~/.cache/cairn/azurite-*/node_modules/azurite [runs]    (node 22, as Azurite brings it: node_modules/.bin/node)
//
// Prints the table and the profile of bench/reports/azure-delete-profile.md.
import { spawn } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';

const [azurite, runs = '15'] = process.argv.slice(2);
const files = 1000, mostInBatch = 256, account = 'cairn', key = crypto.randomBytes(32);
const port = 20000 + Math.floor(Math.random() * 9000);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'azurite-'));
const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
const container = `/${account}/${crypto.randomUUID()}`;

const server = spawn(process.execPath, ['--cpu-prof', `--cpu-prof-dir=${folder}`, `${azurite}/dist/src/blob/main.js`, '--blobHost', '127.0.0.1', '--blobPort', `${port}`,
  '--inMemoryPersistence', '--disableTelemetry', '--skipApiVersionCheck', '--silent'], { env: { ...process.env, AZURITE_ACCOUNTS: `${account}:${key.toString('base64')}` }, stdio: ['ignore', 'pipe', 'inherit'] });
await new Promise(ready => server.stdout.on('data', text => `${text}`.includes('successfully listens') && ready()));

function signature(method, target, query, headers, length) {
  const named = Object.keys(headers).filter(name => name.startsWith('x-ms-')).sort().map(name => `${name}:${headers[name]}\n`).join('');
  const resource = `/${account}${target}` + Object.keys(query).sort().map(name => `\n${name}:${query[name]}`).join('');
  const text = [method, '', '', length || '', '', headers['Content-Type'] || '', '', '', '', '', '', ''].join('\n') + '\n' + named + resource;
  return `SharedKey ${account}:${crypto.createHmac('sha256', key).update(text, 'utf8').digest('base64')}`;
}

/** A request that is ready to be sent. */
function request(method, target, { query = {}, headers = {}, body } = {}) {
  headers = { ...headers, 'x-ms-date': new Date().toUTCString(), 'x-ms-version': '2021-12-02' };
  headers.Authorization = signature(method, target, query, headers, body?.length);
  if (method !== 'DELETE')
    headers['Content-Length'] = body?.length ?? 0;
  const search = new URLSearchParams(query).toString();
  return () => new Promise((done, failed) => {
    const sent = http.request({ host: '127.0.0.1', port, method, path: target + (search && `?${search}`), headers, agent }, answer => {
      let text = '';
      answer.on('data', chunk => text += chunk);
      answer.on('end', () => answer.statusCode < 300 && !text.includes('HTTP/1.1 4') ? done() : failed(new Error(`${answer.statusCode} ${text}`)));
    });
    sent.on('error', failed);
    sent.end(body);
  });
}

const put = name => request('PUT', `${container}/${name}`, { headers: { 'x-ms-blob-type': 'BlockBlob' }, body: Buffer.alloc(1024) });
const single = i => request('DELETE', `${container}/f${i}`, { headers: { 'x-ms-delete-snapshots': 'include' } });

function batch(first, end) {
  const boundary = `batch_${crypto.randomUUID()}`;
  let body = '';
  for (let i = first; i < end; i++) {
    const headers = { 'x-ms-delete-snapshots': 'include', 'x-ms-date': new Date().toUTCString() };
    headers.Authorization = signature('DELETE', `${container}/f${i}`, {}, headers);
    body += `--${boundary}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: ${i - first}\r\n\r\nDELETE ${container}/f${i} HTTP/1.1\r\n`
      + Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('') + 'Content-Length: 0\r\n\r\n';
  }
  return request('POST', container, { query: { restype: 'container', comp: 'batch' }, headers: { 'Content-Type': `multipart/mixed; boundary=${boundary}` }, body: Buffer.from(`${body}--${boundary}--\r\n`) });
}

const numbers = Array.from({ length: files }, (_, i) => i);
const batches = () => numbers.filter(i => i % mostInBatch === 0).map(i => batch(i, Math.min(files, i + mostInBatch)));
const ways = {
  'a request each, one after the other': [() => numbers.map(single), 1],
  'a request each, 16 at once': [() => numbers.map(single), 16],
  'batches, one after the other': [batches, 1],
  'batches, 4 at once': [batches, 4],
};

async function send(requests, atOnce) {
  const rest = requests.values();
  await Promise.all(Array.from({ length: atOnce }, async () => { for (const next of rest) await next(); }));
}

/** Milliseconds that the server has had of the processors. */
function processorTime() {
  const fields = fs.readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

await request('PUT', container, { query: { restype: 'container' } })();
const seen = Object.fromEntries(Object.keys(ways).map(way => [way, []]));
for (let run = -1; run < Number(runs); run++) {
  for (const [way, [make, atOnce]] of Object.entries(ways)) {
    await send(numbers.map(i => put(`f${i}`)), 16);
    const requests = make();
    const [start, before] = [performance.now(), processorTime()];
    await send(requests, atOnce);
    if (run >= 0)
      seen[way].push([performance.now() - start, processorTime() - before]);
  }
}
const median = values => values.sort((a, b) => a - b)[values.length >> 1];
console.log('| 1,000 deletions by | Time | of it on a processor: Azurite | Beside a request each |\n|---|--:|--:|--:|');
const base = median(Object.values(seen)[0].map(([time]) => time));
for (const [way, samples] of Object.entries(seen)) {
  const time = median(samples.map(([wall]) => wall));
  console.log(`| ${way} | ${time.toFixed(0)} ms | ${median(samples.map(([, busy]) => busy)).toFixed(0)} ms | ${(base / time).toFixed(2)} × faster |`);
}

server.kill('SIGINT');
await new Promise(ended => server.on('exit', ended));
const profile = JSON.parse(fs.readFileSync(path.join(folder, fs.readdirSync(folder).find(name => name.endsWith('.cpuprofile')))));
fs.rmSync(folder, { recursive: true });
const deletions = (Number(runs) + 1) * Object.keys(ways).length * files;
const nodes = new Map(profile.nodes.map(node => [node.id, node]));
profile.nodes.forEach(node => node.children?.forEach(child => nodes.get(child).parent = node));
const inclusive = new Map();
profile.samples.forEach((id, i) => {
  const names = new Set();
  for (let node = nodes.get(id); node; node = node.parent)
    names.add(node.callFrame.functionName);
  names.forEach(name => inclusive.set(name, (inclusive.get(name) ?? 0) + profile.timeDeltas[i]));
});
console.log(`\n| Function, with all that it calls | for each of ${deletions} deletions |\n|---|--:|`);
for (const name of ['deleteBlob', 'Collection.findAndRemove', 'Collection.ensureAllIndexes', 'Collection.removeBatchByPositions'])
  console.log(`| \`${name}\` | ${(inclusive.get(name) / deletions).toFixed(0)} µs |`);
