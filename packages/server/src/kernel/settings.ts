/** One setting: what it is when nobody says, what it means, and how a raw value (YAML, environment, flag) is read. */
export type Setting<T> = {
  readonly default: T;
  /** One sentence; the unit is in the setting's name. */
  readonly says: string;
  /** Throws an Error whose message completes "must be …". */
  readonly read: (raw: unknown) => T;
  /** Printed as ***. */
  readonly secret?: true;
};

/** A module's slice of the configuration, by setting name. */
export type Settings = Record<string, Setting<unknown>>;

/** The values of a slice. */
export type ValuesOf<S extends Record<string, Setting<unknown>>> = { [Key in keyof S]: S[Key]['default'] };

type NumberOptions = { default: number; min: number; max: number; says: string };

export function integerSetting(options: NumberOptions): Setting<number> {
  return boundedSetting(options, 'a whole number', Number.isInteger);
}

export function numberSetting(options: NumberOptions): Setting<number> {
  return boundedSetting(options, 'a number', (value) => !Number.isNaN(value));
}

function boundedSetting(
  options: NumberOptions,
  expected: string,
  isExpected: (value: number) => boolean,
): Setting<number> {
  const { min, max } = options;
  return {
    ...options,
    read(raw) {
      const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
      if (typeof value !== 'number' || !isExpected(value) || value < min || value > max) {
        throw new Error(`${expected} from ${min} to ${max}`);
      }
      return value;
    },
  };
}

export function textSetting(options: { default: string; says: string; secret?: true }): Setting<string> {
  return {
    ...options,
    read(raw) {
      if (typeof raw !== 'string') throw new Error('text');
      return raw;
    },
  };
}

/** The path of a folder; never empty, which would mean the working folder. */
export function folderSetting(options: { default: string; says: string }): Setting<string> {
  return {
    ...options,
    read(raw) {
      if (typeof raw !== 'string' || raw === '') throw new Error('the path of a folder');
      return raw;
    },
  };
}

/** The address of a server: http or https, empty when there is none; read without a slash at its end. */
export function urlSetting(options: {
  says: string;
  /** Whether it may lie below a path, as behind a proxy that takes the path off. */
  prefix: boolean;
}): Setting<string> {
  const expected = `an http:// or https:// address without query or key${options.prefix ? '' : ', and without a path'}`;
  return {
    ...options,
    default: '',
    read(raw) {
      if (raw === '') return '';
      const url = typeof raw === 'string' && URL.canParse(raw) ? new URL(raw) : undefined;
      if (url === undefined || !/^https?:$/.test(url.protocol) || !isPlain(url)) throw new Error(expected);
      if (!options.prefix && url.pathname !== '/') throw new Error(expected);
      return withoutSlashes(url.href);
    },
  };
}

function isPlain({ search, hash, username, password }: URL): boolean {
  return `${search}${hash}${username}${password}` === '';
}

export function flagSetting(options: { default: boolean; says: string }): Setting<boolean> {
  return {
    ...options,
    read(raw) {
      if (raw === true || raw === 'true' || raw === '1') return true;
      if (raw === false || raw === 'false' || raw === '0') return false;
      throw new Error('true or false');
    },
  };
}

export function listSetting(options: {
  default: readonly string[];
  says: string;
}): Setting<readonly string[]> {
  return {
    ...options,
    read(raw) {
      const list = typeof raw === 'string' ? raw.split(',').map((item) => item.trim()) : raw;
      if (!Array.isArray(list) || list.some((item) => typeof item !== 'string'))
        throw new Error('a list of texts');
      return list.filter((item) => item !== '');
    },
  };
}

/** One of some words. */
export function choiceSetting<Choice extends string>(options: {
  default: Choice;
  choices: readonly Choice[];
  says: string;
}): Setting<Choice> {
  return {
    ...options,
    read(raw) {
      const found = options.choices.find((choice) => choice === raw);
      if (found === undefined) throw new Error(options.choices.join(' or '));
      return found;
    },
  };
}

/** Without the slashes at its end. */
function withoutSlashes(url: string): string {
  let end = url.length;
  while (url[end - 1] === '/') end--;
  return url.slice(0, end);
}
