import { gzipSync } from 'node:zlib';
import { isFailure } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encoded } from '../../testing/encoded-text.ts';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import type { Encoding } from './delimited/decode.ts';
import { columnNamed, previewRows, readTable } from './index.ts';
import { openSource } from './open-source.ts';

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterAll(() => lake.close());

async function read(content: Uint8Array) {
  const file = await lake.file('file', content);
  const workspace = await lake.ports.tables.open({ reads: [file] });
  try {
    const { findings } = await openSource(workspace, { file, fileName: 'file' });
    const { manifest } = await lake.ingest('file', content);
    const rows = await previewRows(manifest, { offset: 0, limit: 10_000 }, lake.ports);
    return { rows, finding: (code: string) => findings.find((one) => one.code === code) };
  } finally {
    await workspace.close();
  }
}

const PLACES: readonly [Encoding, string, string[]][] = [
  ['windows-1250', 'miasto', ['Łódź', 'Kraków', 'Gdańsk', 'Częstochowa', 'Zielona Góra', 'Świdnica']],
  ['windows-1250', 'město', ['Plzeň', 'České Budějovice', 'Hradec Králové', 'Ústí nad Labem', 'Třebíč']],
  ['iso-8859-2', 'miasto', ['Łódź', 'Kraków', 'Gdańsk', 'Częstochowa', 'Ścinawa', 'Świdnica']],
  ['iso-8859-2', 'mesto', ['Škofja Loka', 'Žalec', 'Črnomelj', 'Košice', 'Třebíč', 'Šumperk', 'Plzeň']],
  ['windows-1252', 'stadt', ['Köln', 'München', 'Düsseldorf', 'Zürich', 'Genève', 'Málaga', 'Århus']],
  ['windows-1252', 'prix', ['12 €', '25 °C', 'l’été', 'Nîmes – Alès', 'Besançon']],
  ['windows-1251', 'город', ['Москва', 'Санкт-Петербург', 'Новосибирск', 'Казань', 'Уфа']],
  ['koi8-r', 'город', ['Москва', 'Санкт-Петербург', 'Новосибирск', 'Казань', 'Уфа']],
  ['windows-1253', 'πόλη', ['Αθήνα', 'Θεσσαλονίκη', 'Πάτρα', 'Ηράκλειο', 'Λάρισα']],
  ['windows-1254', 'şehir', ['İstanbul', 'İzmir', 'Eskişehir', 'Diyarbakır', 'Muğla', 'Kırıkkale']],
  ['shift_jis', '都市', ['東京', '大阪', '横浜', '名古屋', 'さいたま', 'ヒロシマ', '表示ソ能']],
  ['euc-jp', '都市', ['東京', '大阪', '横浜', '名古屋', 'さいたま', 'ヒロシマ']],
  ['gb18030', '城市', ['北京', '上海', '广州', '深圳', '成都', '杭州', '重庆', '西安', '武汉', '苏州']],
  ['big5', '城市', ['臺北', '高雄', '臺中', '臺南', '桃園', '新竹', '基隆', '嘉義', '彰化', '屏東']],
  ['euc-kr', '도시', ['서울', '부산', '인천', '대구', '대전', '광주', '울산', '수원']],
  ['utf-16le', 'город', ['Москва', 'Казань', 'Уфа']],
  ['utf-16be', '都市', ['東京', '大阪', '横浜']],
];

describe('older encodings are told by what they spell', () => {
  test.each(PLACES)('%s: %s', async (encoding, name, words) => {
    const content = `id,${name},x\n${words.map((word, i) => `${i},${word},a`).join('\n')}\n`;
    const { rows, finding } = await read(encoded(content, encoding));
    expect(rows.map((row) => row[name])).toEqual(words);
    expect(finding('encoding')).toMatchObject({ value: encoding, override: '--encoding' });
  });

  test('one word far down is enough', async () => {
    const plain = 'x,plain\n'.repeat(400_000);
    const { finding } = await read(encoded(`a,b\n${plain}y,Zürich\nz,Köln\n`, 'windows-1252'));
    expect(finding('encoding')).toMatchObject({ value: 'windows-1252' });
  });

  test('a guess is a warning', async () => {
    const { finding } = await read(Buffer.from('a,b\nx\xa4\xff\xb6q,1\n', 'latin1'));
    expect(finding('encoding')).toMatchObject({ value: 'windows-1252', severity: 'warning' });
  });

  test('JSON and packed files are decoded as well', async () => {
    const places = [{ stadt: 'Köln' }, { stadt: 'Zürich' }];
    expect((await read(encoded(JSON.stringify(places), 'windows-1252'))).rows).toEqual(places);
    expect((await read(gzipSync(encoded('stadt,n\nKöln,1\n', 'windows-1252')))).rows).toEqual([
      { stadt: 'Köln', n: 1 },
    ]);
  });
});

describe('UTF-8 with wrong bytes is repaired', () => {
  const city = (i: number) => ['Zürich', 'Genève', 'Köln'][i % 3]!;
  const lines = (count: number, from = 0) =>
    Array.from({ length: count }, (_, i) => `${city(i + from)},${i}\n`).join('');

  test('single bytes, with the line of the first', async () => {
    const content = Buffer.concat([
      Buffer.from(`city,n\n${lines(40)}`),
      Buffer.from('café,1\n', 'latin1'),
      Buffer.from(lines(40)),
      Buffer.from('crème,1\n', 'latin1'),
    ]);
    const { rows, finding } = await read(content);
    expect(rows.map((row) => row.city)).toEqual([
      ...Array.from({ length: 40 }, (_, i) => city(i)),
      'café',
      ...Array.from({ length: 40 }, (_, i) => city(i)),
      'crème',
    ]);
    expect(finding('encoding-repaired')).toMatchObject({
      count: 2,
      line: 42,
      value: 'café,1',
      severity: 'warning',
    });
  });

  test('files of both kinds, joined', async () => {
    const content = Buffer.concat([Buffer.from(`city,n\n${lines(30)}`), encoded(lines(30), 'windows-1252')]);
    const { rows, finding } = await read(content);
    expect(rows.every((row, i) => row.city === city(i % 30))).toBe(true);
    expect(finding('encoding-repaired')).toMatchObject({ line: 32 });
  });

  test('with the letters of the rest', async () => {
    const polish = Array.from({ length: 20 }, (_, i) => `${['Łódź', 'Kraków', 'Gdańsk'][i % 3]},${i}\n`).join(
      '',
    );
    const content = Buffer.concat([
      Buffer.from(`city,n\n${polish}`),
      encoded('Świętochłowice,1\n', 'windows-1250'),
    ]);
    expect((await read(content)).rows.at(-1)!.city).toBe('Świętochłowice');
  });

  test('a character that a chunk cuts is none of them', async () => {
    const padding = 'x'.repeat(1024 * 1024 - 'city,n\n'.length - 1);
    const text = Buffer.concat([
      Buffer.from(`city,n\n${padding}é,1\n${lines(50)}`),
      Buffer.from('café,1\n', 'latin1'),
    ]);
    const { manifest } = await lake.ingest('file', text);
    const city = columnNamed(await readTable(manifest, lake.ports), 'city')!;
    const words = 'codes' in city ? Array.from(city.codes, (code) => city.dictionary[code]) : [];
    expect(words[0] === `${padding}é`).toBe(true); // a difference of such texts would be printed whole
    expect(words.at(-1)).toBe('café');
  });
});

describe('files that are no tables are named', () => {
  const zip = (name: string) =>
    Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(26), Buffer.from(name)]);
  test.each<[string, Uint8Array, RegExp]>([
    ['XLSX', zip('[Content_Types].xml'), /Excel/],
    ['XLSX by its sheet', zip('xl/workbook.xml'), /XLSX/],
    ['ODS', zip('mimetypeapplication/vnd.oasis.opendocument.spreadsheet'), /ODS/],
    ['ZIP', zip('data.csv'), /ZIP archive/],
    ['XLS', Buffer.from('d0cf11e0a1b11ae1', 'hex'), /XLS/],
    ['Avro', Buffer.from('Obj\x01\x04'), /Avro/],
    ['SQLite', Buffer.from('SQLite format 3\0'), /SQLite/],
    ['pickle', Buffer.from('80049512000000', 'hex'), /pickle/],
    ['HTML', Buffer.from('\n<!DOCTYPE html><html><table>'), /HTML/],
    ['a table of HTML named xls', Buffer.from('<table border=1><tr><td>a</td></tr></table>'), /HTML/],
    ['XML', Buffer.from('<?xml version="1.0"?><rows/>'), /XML/],
    ['HDF5', Buffer.from('894844460d0a1a0a', 'hex'), /HDF5/],
    ['Feather', Buffer.from('ARROW1\0\0'), /Arrow/],
  ])('%s', async (_, content, what) => {
    const failure = await read(content).catch((error: unknown) => error);
    if (!isFailure(failure)) throw failure;
    expect(failure.code).toBe('file.binary');
    expect(failure.message).toMatch(what);
    expect(failure.hint).toMatch(/CSV|Parquet|Unpack/);
  });
});
