// Writes or reads blobs with Microsoft's client for JavaScript: node names.mjs FOLDER write|read CONTAINER PREFIX, where FOLDER is what install.mjs printed and
// AZURE_STORAGE_CONNECTION_STRING names the account. 'write' takes an array of names from its input and gives each blob its own name as content;
// 'read' prints an object of names, without the prefix, and contents.
import { webcrypto } from 'node:crypto';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { text } from 'node:stream/consumers';

// The client expects what Debian 12's Node.js keeps in a module.
globalThis.crypto ??= webcrypto;

const [folder, command, containerName, prefix] = process.argv.slice(2);
const require = createRequire(path.join(folder, 'package.json'));
const { BlobServiceClient } = require('@azure/storage-blob');
const container = BlobServiceClient.fromConnectionString(process.env.AZURE_STORAGE_CONNECTION_STRING).getContainerClient(containerName);

if (command === 'write') {
  for (const name of JSON.parse(await text(process.stdin))) {
    const content = Buffer.from(name);
    await container.getBlockBlobClient(prefix + name).upload(content, content.length);
  }
} else {
  const found = {};
  for await (const blob of container.listBlobsFlat({ prefix })) {
    found[blob.name.slice(prefix.length)] = (await container.getBlockBlobClient(blob.name).downloadToBuffer()).toString();
  }
  console.log(JSON.stringify(found));
}
