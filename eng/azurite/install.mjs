// Installs the Azurite that package-lock.json pins into the cache and prints its folder; prints it at once when it is there.
// With a folder beside this one as argument (../azure-client) it installs what that folder's lock file pins.
// The folder is named by the lock file's hash, so a new lock file gets a new folder and never changes one that is in use.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const here = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), process.argv[2] ?? '.');
const kind = process.argv[2] ? path.basename(here) : 'azurite';
const cache = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'cairn');
const hash = createHash('sha256').update(fs.readFileSync(path.join(here, 'package-lock.json'))).digest('hex').slice(0, 16);
const folder = path.join(cache, `${kind}-${hash}`);
const stagingPrefix = 'azurite-staging-';
const staleAfterMilliseconds = 60 * 60 * 1000;

function removeStaleStagings() {
  for (const name of fs.readdirSync(cache).filter(name => name.startsWith(stagingPrefix))) {
    const staging = path.join(cache, name);
    const age = Date.now() - (fs.statSync(staging, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > staleAfterMilliseconds) fs.rmSync(staging, { recursive: true, force: true });
  }
}

function install(staging) {
  for (const name of ['package.json', 'package-lock.json']) fs.copyFileSync(path.join(here, name), path.join(staging, name));
  // No package may run code of its own at install time: Azurite needs none of it.
  const options = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = spawnSync('npm', options, { cwd: staging, stdio: ['ignore', 2, 2] });
  if (npm.status !== 0) throw new Error(`npm ci failed: ${npm.error?.message ?? `exit code ${npm.status}`}`);
}

// A rename publishes the folder whole. Where another run was faster its folder is as good as this one.
function publish(staging) {
  try {
    fs.renameSync(staging, folder);
  } catch (error) {
    if (!fs.existsSync(folder)) throw error;
  }
}

function installIntoCache() {
  fs.mkdirSync(cache, { recursive: true });
  removeStaleStagings();
  const staging = fs.mkdtempSync(path.join(cache, stagingPrefix));
  try {
    install(staging);
    publish(staging);
  } finally {
    fs.rmSync(staging, { recursive: true, force: true });
  }
}

try {
  if (!fs.existsSync(folder)) installIntoCache();
  console.log(folder);
} catch (error) {
  console.error(`${kind} could not be installed into ${cache}: ${error.message}`);
  process.exitCode = 1;
}
