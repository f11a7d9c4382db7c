// The least a Node HTTP server can do with a POST: read the body and send it back.
//   node bench/one-row-rest-echo.mjs PORT
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  /** @type {Buffer[]} */
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    response.writeHead(200, ['content-type', 'application/json', 'content-length', String(body.length)]);
    response.end(body);
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1');
