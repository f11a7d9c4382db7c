export { DATA_PLANE_SOCKET, type LocalSocket, listenLocally } from './local-socket-front.ts';
export { obstacleToSockets } from './obstacle-to-sockets.ts';
export { postByFetch, postOverSocket } from './post-to-data-plane.ts';
