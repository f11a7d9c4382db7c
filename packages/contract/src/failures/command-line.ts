import { catalogue } from './catalogue.ts';

/** Configuration, the command line and its server. */
export const COMMAND_LINE_FAILURES = catalogue({
  'config.invalid': {
    kind: 'invalid',
    says: 'The configuration is not valid: {reason}.',
    hint: '`slipway config` prints every key with its meaning.',
  },
  'command.invalid': {
    kind: 'invalid',
    says: 'The command line is not valid: {reason}.',
    hint: '`slipway --help` shows every command, and `slipway COMMAND --help` its options.',
  },
  'output.unwritable': {
    kind: 'unavailable',
    says: 'Standard output could not be written: {reason}.',
    hint: 'The command did its work all the same. Free some space, or write elsewhere, and ask again for what it printed.',
  },
  'listen.insecure': {
    kind: 'forbidden',
    says: 'Listening on {host} without TLS would send keys in the clear.',
    hint: 'Give --tls-certificate and --tls-key, or put TLS in front and pass --insecure, or listen on 127.0.0.1.',
  },
  'tls.invalid': {
    kind: 'invalid',
    says: 'Slipway cannot serve with TLS: {reason}.',
    hint: 'Give PEM files that this user may read: the certificate with the chain behind it as --tls-certificate, its key as --tls-key.',
  },
  'listen.in-use': {
    kind: 'conflict',
    says: 'Port {port} is in use.',
    hint: 'Choose another with --port and --inference-port.',
  },
  'listen.impossible': {
    kind: 'conflict',
    says: 'Slipway cannot listen on {host}, port {port}: {reason}.',
    hint: 'Give an address of this machine as --host, and a port that you may open.',
  },
  'sandbox.unavailable': {
    kind: 'conflict',
    says: 'Jobs and models must run in bubblewrap (work.sandbox is required), and cannot: {reason}.',
    hint: 'Install bubblewrap (on Debian: apt install bubblewrap) and let users make namespaces, or set work.sandbox to auto to take what this machine offers.',
  },
  'server.strange': {
    kind: 'unavailable',
    says: '{url} is not a compatible Slipway server: {reason}.',
    hint: 'Another program may have that port: check the address. If it is right, bring both to the same version.',
  },
  'server.unreachable': {
    kind: 'unavailable',
    says: 'No Slipway answers at {url}.',
    hint: 'Start one with `slipway up`, or name the address of one with --server.',
  },
  'server.unproven': {
    kind: 'unavailable',
    says: 'What answers at {url} does not prove that it is the server of the data folder {folder}: {reason}. No key was sent.',
    hint: 'Run `slipway up` with that data folder. Where another program has the port, stop it or choose another one with --port; a server of an earlier version has to be restarted. To call another server, give --server and --token.',
  },
  'server.untrusted': {
    kind: 'unavailable',
    says: 'The certificate of {url} is not trusted ({reason}).',
    hint: 'Where it was made by an authority of your own, name its certificate in NODE_EXTRA_CA_CERTS.',
  },
});
