/**
 * Characters that may part words beside the space. What is not here stays inside words: `c++`, `#1`, `50%`, `a@b`, `r&d`.
 * Each is one UTF-16 unit, and none is a letter in any script.
 */
export const SEPARATORS =
  '\t\n\r!"\'()*,-./:;<=>?[\\]^_`{|}~\u00a0¡«·»¿\u2010\u2011\u2013\u2014\u2018\u2019\u201c\u201d\u201e\u2022\u2026\u3000、。「」！（），：；？';

/** A separator is used when one in so many texts has it: each costs every row a step in the ONNX graph. */
const ONE_IN = 500;

/** The separators that the texts use, in the order of {@link SEPARATORS}. */
export function foundSeparators(texts: readonly string[]): string {
  const least = texts.length / ONE_IN;
  return [...SEPARATORS]
    .filter((separator) => {
      let having = 0;
      for (const text of texts) if (text.includes(separator)) having++;
      return having > 0 && having >= least;
    })
    .join('');
}
