import type { Encoding } from '../delimited/decode.ts';

/** Letters besides a to z that the words of a language are written with, in lower case, the most frequent first. */
export const ALPHABETS = {
  german: 'üäöß',
  french: 'éèàêçôîùûâëïœæü',
  italian: 'àèòùìéóíú',
  spanish: 'óíáéñúü',
  portuguese: 'ãçáéíóêõúâôàü',
  catalan: 'àçèéíïòóúü',
  nordic: 'åäöøæéü',
  icelandic: 'áéíóúýðþæö',
  dutch: 'áéëíïóöüè',
  polish: 'łąęóśżćńź',
  czech: 'íáéěřčýžůšúňťďó',
  slovak: 'áíéčýžšúľťňäďôóĺŕ',
  hungarian: 'áéőöíóüúű',
  romanian: 'ăîâşţ',
  southSlavic: 'čšžćđ',
  turkish: 'ıüşğçöîâû',
  greek: 'αοιετνησκρπμλυωδγχθφβξζψςάέήίόύώϊϋΐΰ',
  russian: 'оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё',
  ukrainian: 'оаинвітерслкудмпзяьбгчйхжєшїюцщфґ',
  serbian: 'аоиенртсвкјупдмлгзбшчцћхжђњџфљ',
  belarusian: 'анеіыортклсвдзяумпьцчбйўгхжшюэёф',
} as const;

export type Language = keyof typeof ALPHABETS;

const CENTRAL = ['polish', 'czech', 'slovak', 'hungarian', 'romanian', 'southSlavic', 'german'] as const;

/**
 * The languages that are written in each encoding of one byte a character, and the logarithm of how much less usual it is
 * than Windows-1252.
 */
export const SINGLE_BYTE: readonly { encoding: Encoding; languages: readonly Language[]; prior: number }[] = [
  {
    encoding: 'windows-1252',
    languages: [
      'german',
      'french',
      'spanish',
      'italian',
      'portuguese',
      'nordic',
      'dutch',
      'catalan',
      'icelandic',
    ],
    prior: 0,
  },
  { encoding: 'windows-1250', languages: CENTRAL, prior: -1 },
  { encoding: 'windows-1251', languages: ['russian', 'ukrainian', 'serbian', 'belarusian'], prior: -1 },
  { encoding: 'iso-8859-2', languages: CENTRAL, prior: -2 },
  { encoding: 'koi8-r', languages: ['russian'], prior: -2 },
  { encoding: 'windows-1254', languages: ['turkish', 'german', 'french'], prior: -2 },
  { encoding: 'windows-1253', languages: ['greek'], prior: -2 },
];
