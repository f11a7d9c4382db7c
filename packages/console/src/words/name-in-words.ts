const ACRONYMS = new Map(
  Object.entries({
    roc: 'ROC',
    auc: 'AUC',
    pr: 'PR',
    rmse: 'RMSE',
    rmsle: 'RMSLE',
    mae: 'MAE',
    mse: 'MSE',
    mape: 'MAPE',
    smape: 'sMAPE',
    mase: 'MASE',
    owa: 'OWA',
    wape: 'WAPE',
    r2: 'R²',
    f1: 'F1',
    mcc: 'MCC',
    ppv: 'PPV',
    npv: 'NPV',
    psi: 'PSI',
    ks: 'KS',
    js: 'JS',
    ece: 'ECE',
    id: 'ID',
    url: 'URL',
    onnx: 'ONNX',
    sha256: 'SHA-256',
    api: 'API',
    p50: 'p50',
    p95: 'p95',
    p99: 'p99',
  }),
);

/** A key of the wire as a reader says it: `rocAuc` and `roc-auc` are `ROC AUC`, `trainRows` is `Train rows`. */
export function nameInWords(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[\s_.-]+/)
    .filter((word) => word !== '')
    .map((word) => ACRONYMS.get(word.toLowerCase()) ?? word.toLowerCase());
  const text = words.join(' ');
  return /^(p\d|sM)/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
