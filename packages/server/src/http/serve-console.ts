import fastifyStatic from '@fastify/static';
import { fail } from '@slipway/contract';
import type { FastifyInstance } from 'fastify';
import { sendProblem } from './send-problem.ts';

const CONTENT_SECURITY_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** Serves the console's files at `/`; pages that the browser routes itself get index.html, unknown API paths a 404. */
export async function serveConsole(server: FastifyInstance, folder: string | undefined): Promise<void> {
  if (folder !== undefined) {
    await server.register(fastifyStatic, {
      root: folder,
      index: 'index.html',
      setHeaders: (reply) => {
        reply.header('content-security-policy', CONTENT_SECURITY_POLICY);
      },
    });
  }
  server.setNotFoundHandler((request, reply) => {
    const page =
      request.method === 'GET' &&
      folder !== undefined &&
      !/^\/api(\/|\?|$)/.test(request.url) &&
      !request.url.split('?')[0]!.includes('.');
    if (page) return reply.sendFile('index.html');
    return sendProblem(
      reply,
      request,
      fail('route.missing', { method: request.method, path: request.url.split('?')[0]! }),
    );
  });
}
