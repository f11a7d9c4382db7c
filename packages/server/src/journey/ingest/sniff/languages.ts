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

/** The languages that are written in each encoding of one byte a character, the more usual encoding first. */
export const SINGLE_BYTE: readonly (readonly [encoding: Encoding, languages: readonly Language[]])[] = [
  [
    'windows-1252',
    ['german', 'french', 'spanish', 'italian', 'portuguese', 'nordic', 'dutch', 'catalan', 'icelandic'],
  ],
  ['windows-1250', ['polish', 'czech', 'slovak', 'hungarian', 'romanian', 'southSlavic', 'german']],
  ['windows-1251', ['russian', 'ukrainian', 'serbian', 'belarusian']],
  ['iso-8859-2', ['polish', 'czech', 'slovak', 'hungarian', 'romanian', 'southSlavic', 'german']],
  ['koi8-r', ['russian']],
  ['windows-1254', ['turkish', 'german', 'french']],
  ['windows-1253', ['greek']],
];
