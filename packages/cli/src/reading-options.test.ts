import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { type ReadingFlags, readOptionsOf, refuseReading, withReading } from './reading-options.ts';

function flagsOf(...args: string[]): ReadingFlags {
  const silent = { writeErr: () => {}, writeOut: () => {} };
  const command = withReading(new Command('x').exitOverride().configureOutput(silent));
  command.parse(args, { from: 'user' });
  return command.opts();
}

const read = (...args: string[]) => readOptionsOf(flagsOf(...args));

describe('reading options on the command line', () => {
  it('are none when none is given', () => {
    expect(read()).toBeUndefined();
  });

  it.each([
    [['--delimiter', 'tab'], { delimiter: '\t' }],
    [['--delimiter', 'semicolon'], { delimiter: ';' }],
    [['--delimiter', 'pipe'], { delimiter: '|' }],
    [['--delimiter', '^'], { delimiter: '^' }],
    [['--quote', 'none'], { quote: '' }],
    [['--quote', "'"], { quote: "'" }],
    [['--header', 'yes'], { header: true }],
    [['--header', 'no'], { header: false }],
    [['--header', '3'], { header: 3 }],
    [['--skip-rows', '2'], { skipRows: 2 }],
    [['--skip-footer', '0'], { skipFooter: 0 }],
    [['--comment', '#'], { comment: '#' }],
    [['--encoding', 'Latin-1'], { encoding: 'windows-1252' }],
    [['--encoding', 'CP1252'], { encoding: 'windows-1252' }],
    [['--encoding', 'sjis'], { encoding: 'shift_jis' }],
    [['--encoding', 'UTF8'], { encoding: 'utf-8' }],
    [['--encoding', 'iso-8859-2'], { encoding: 'iso-8859-2' }],
    [['--encoding', 'koi8-r'], { encoding: 'koi8-r' }],
    [['--missing', 'n.a.,none', '--missing', '-99'], { missing: ['n.a.', 'none', '-99'] }],
    [['--also-missing', '-999,9999'], { alsoMissing: ['-999', '9999'] }],
    [['--also-missing=-1', '--no-missing-words'], { alsoMissing: ['-1'], noMissingWords: true }],
    [['--no-missing-words'], { noMissingWords: true }],
    [['--decimal', ','], { decimal: ',' }],
    [['--date-order', 'dmy'], { dateOrder: 'dmy' }],
    [['--time-zone', 'Europe/Berlin'], { timeZone: 'Europe/Berlin' }],
    [['--allow-missing', 'a,b'], { allowMissing: ['a', 'b'] }],
  ])('%j', (args, expected) => {
    expect(read(...args)).toEqual(expected);
  });

  it('types are gathered, by the words that people use for them', () => {
    const types = 'zip:text,age:int,when:date,ok:bool,kind:category,price:float,seen:datetime,n:integer';
    expect(read('--types', types, '--types', 'id:string')).toEqual({
      types: {
        zip: 'string',
        age: 'number',
        when: 'timestamp',
        ok: 'boolean',
        kind: 'string',
        price: 'number',
        seen: 'timestamp',
        n: 'number',
        id: 'string',
      },
    });
  });

  it('a column may have a colon or a comma in its name', () => {
    expect(read('--types', 'a:b:number,price, net:float,c:text')).toEqual({
      types: { 'a:b': 'number', 'price, net': 'number', c: 'string' },
    });
  });

  it.each([
    ['a type that there is not', ['--types', 'zip:zipcode']],
    ['a column without a type', ['--types', 'zip']],
    ['a type without a column', ['--types', ':number']],
    ['an encoding that there is not', ['--encoding', 'ebcdic']],
    ['a header on line 0', ['--header', '0']],
    ['another decimal mark', ['--decimal', ';']],
    ['another order', ['--date-order', 'ydm']],
    ['missing words and none', ['--missing', 'x', '--no-missing-words']],
    ['two characters between fields', ['--delimiter', '||']],
    ['a zone that there is not', ['--time-zone', 'Berlin']],
  ])('%s is refused', (_, args) => {
    expect(() => read(...args)).toThrow();
  });

  it('what the contract refuses is told with the flag', () => {
    expect(() => read('--time-zone', 'Berlin')).toThrow(/--time-zone: Give an IANA time zone/);
    expect(() => read('--delimiter', '||')).toThrow(/--delimiter: Give one character/);
  });

  it('where nothing is read they are refused, the preview too', () => {
    expect(() => refuseReading(flagsOf('--skip-rows', '2'), 'd is a dataset')).toThrow(
      /--skip-rows is for files, and d is a dataset/,
    );
    expect(() => refuseReading(flagsOf('--preview'), 'd is a dataset')).toThrow(/--preview is for files/);
    expect(() => refuseReading(flagsOf(), 'd is a dataset')).not.toThrow();
  });
});
