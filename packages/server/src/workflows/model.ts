import type {
  DecisionCosts,
  Gate,
  GateCondition,
  IngestFinding,
  IngestReport,
  LabelsTaken,
  LeaderboardEntry,
  MetricName,
  OptimizationResult,
  PredictRequest,
  ReadOptions,
  Recency,
  Stage,
  shipRequestSchema,
  TaskName,
  trainRequestSchema,
  ValidationResult,
  ValidationSet,
} from '@slipway/contract';
import type { z } from 'zod';
import type { Alert, MonitorReport, NewAlert, NewMonitorReport } from '../metadata/index.ts';
import type {
  ColumnSchema,
  DatasetManifest,
  Row,
  TableProfile,
  TableSchema,
} from '../stages/ingest/index.ts';
import type { LabelQueue, LabelTask } from '../stages/label/index.ts';
import type { MonitorSignals } from '../stages/monitor/index.ts';
import type { Preference } from '../stages/optimize/index.ts';
import type { ExampleInput, ImportedTask, RefitFacts } from '../stages/pack/index.ts';
import type { TargetReading } from '../stages/prepare/index.ts';
import type { GivenConfiguration, TrialRecord } from '../stages/train/index.ts';

/** What a stage tells while a pipeline run walks through it; kept as the stage's summary. */
export type StageProgress = {
  stage: Stage;
  state: 'running' | 'done' | 'skipped';
  says: string | null;
  /** Share done, 0 to 1, when it can be told. */
  progress: number | null;
  seconds: number | null;
  facts: Record<string, unknown>;
};

/** The facts of news about how far a file is read: bytes of the file, rows once all are read. */
export type ReadingFacts = { step: string; bytesRead: number; totalBytes?: number; rows?: number };

/** A stored file that a job reads. */
export type StoredFile = {
  sha256: string;
  filename: string;
  /** Left out in jobs of earlier releases, and of files that are read piece by piece. */
  bytes?: number;
};

export type IngestInput = {
  file: StoredFile;
  /** The version to append to; null makes the first one. */
  parent: { manifest: DatasetManifest; manifestId: string; dataset: string } | null;
  /** Where the job's output goes. */
  dataset: string;
  /** What the user says about the file. */
  read?: ReadOptions;
  /** Columns that an appended file may lack; they are missing in its rows. */
  allowMissing?: string[];
  /** Of labelled traffic of an endpoint. */
  labelled?: LabelledTraffic & { endpoint: string; target: string };
};
export type IngestOutput = {
  /** The version that corrected labels made, on which the appended rows follow; left out where there is no such step. */
  corrected?: { manifest: DatasetManifest; manifestId: string; profile: TableProfile };
  manifest: DatasetManifest;
  manifestId: string;
  profile: TableProfile;
  seconds: number;
};

/** The model that a candidate has to beat, on the same rows. */
export type ChampionRef = {
  bundleId: string;
  version: number;
  /**
   * How many rows the dataset version of the candidate has in common with the champion's, from the first on: rows are
   * appended, so the others are not the same rows. Left out in jobs of before there was a refit.
   */
  commonRows?: number;
  /**
   * What of the dataset's growth the champion's training had: rows beyond it came later. Null when it was trained on another
   * dataset or that is not known; left out in jobs of earlier releases.
   */
  known?: KnownGrowth | null;
};

/** The first so many increments and labellings of a dataset. */
export type KnownGrowth = { increments: number; labellings: number };

/** The version that a labelling was made on: which rows had which target, when rows were held out then. */
export type FormerLabels = {
  /** How many of the increments there were. */
  increments: number;
  manifest: DatasetManifest;
};

/** A dataset that a candidate is validated on beside its hold-out. */
export type CandidateSet = {
  /** How reports and gates call it: the dataset's name, with the version where that was asked for. */
  set: string;
  dataset: string;
  version: number;
  /** Whether this version was asked for; else the newest is taken at every training. */
  isPinned: boolean;
  manifest: DatasetManifest;
  /** Of a retraining: it is a set of the champion's training, which nobody named again. */
  isInherited?: true;
};

/** What somebody asked about further sets and gates; what is left out is taken from the champion's training. */
export type ValidationAsk = {
  validateOn?: readonly ValidationSet[] | undefined;
  gates?: readonly GateCondition[] | undefined;
  defaultGates?: boolean | undefined;
};

/** The same, settled: gates name the sets as reports do. */
export type CandidateValidation = {
  validateOn?: CandidateSet[];
  gates?: GateCondition[];
  /** False without the gates that every model has unless told. */
  defaultGates?: boolean;
};

export type CandidateInput = CandidateValidation & {
  runId: string;
  modelName: string;
  /** The number that the model's next version gets; one pipeline run of a name runs at a time. */
  version: number;
  dataset: string;
  datasetVersion: number;
  manifestId: string;
  manifest: DatasetManifest;
  /**
   * Rows that each version added, oldest first. Every increment is split by itself, so a row that was held out once
   * is held out for ever and no later champion has seen it.
   */
  increments: number[];
  /** What each labelling of the dataset began with, oldest first; left out when there was none. */
  labelled?: FormerLabels[];
  target: string;
  task: Exclude<TaskName, 'forecast'> | null;
  timeColumn: string | null;
  exclude: string[];
  /** Of forecasts, whose `task` is null here; left out of all others. */
  forecast?: ForecastOptions;
  budgetSeconds: number;
  seed: number;
  /** Seed of the split: that of the first model of this name. */
  splitSeed: number;
  champion: ChampionRef | null;
  /** Of a retraining: which training rows it uses; left out for all. */
  recent?: Recency;
  /** Of a retraining: a person said that the appended rows differ on purpose. */
  acceptShift?: boolean;
  /** Who accepted the rows of a refused retraining, and why. */
  acceptance?: { by: string; reason: string };
  /** What the training is to do otherwise than usual. */
  wish?: TrainingWish;
  /** Whether the wish is that of the champion's training; left out in jobs of earlier releases. */
  isRetraining?: true;
  /**
   * Of a retraining: how the champion reads the target, which is kept. Left out of forecasts, and where the champion's training is not
   * recorded or was queued by an earlier release.
   */
  reading?: TargetReading;
};

/** What somebody asked of a forecast, as it was told. */
export type ForecastOptions = {
  time: string;
  /** A column, or several separated by commas. */
  series: string | null;
  /** Steps ahead; null to choose. */
  horizon: number | null;
  /** Columns whose future is known. */
  known: string[];
};

/** What somebody asked of a training beyond data, target and budget. */
export type TrainingWish = {
  metric?: MetricName;
  /** Of the pinball loss. */
  quantile?: number;
  /** Columns whose groups are compared. */
  fairness?: string[];
  /** What answers cost: the threshold of two classes is chosen by it, and of several the class of least expected cost is answered. */
  costs?: DecisionCosts;
  /** Binary: the threshold, where it was set. */
  threshold?: number;
  /** Columns that group and weigh rows. */
  group?: string;
  weight?: string;
  /** Whether the chosen model is fitted again on all rows; it is when left out. */
  refit?: false;
  /** Columns that are used and deployed despite evidence of leakage. */
  allowLeakage?: string[];
  /** One learner, its parameters or their ranges, a number of trials. */
  goal?: GivenConfiguration;
};

/** What a candidate job tells of a trial; it becomes a run under the job's own. */
export type TrialProgress = { trial: TrialRecord; task: Exclude<TaskName, 'forecast'> };

export type CandidateOutput = {
  /** The target's column as the dataset spells it. */
  target: string;
  task: TaskName;
  bundleId: string;
  bytes: number;
  learner: string;
  metrics: Record<string, number>;
  primaryMetric: string;
  leaderboard: LeaderboardEntry[];
  /** What came of making features; empty when none were looked for. */
  madeSays?: string;
  /** Seconds that the training took, with the refit. */
  seconds: number;
  /** Whether the model was fitted again on all rows; left out by forecasts and by jobs of before there was a refit. */
  refit?: RefitFacts;
  gates: { passed: boolean; results: Gate[]; says: string };
  optimization: Record<string, unknown>;
  /** The whole validation report, as the console shows it. */
  report: unknown;
  rows: { train: number; holdout: number; unlabelled: number };
  /** Which training rows were used, or how they were weighted, by which column; left out when all counted alike. */
  recency?: string;
  /** Of a retraining: what of the champion's training is kept though the rows alone say otherwise, or has no use on them, in sentences. */
  carriedOver?: readonly string[];
};

/** The rows of a file, or of a forecast so many next steps, of these series or of all. */
export type PredictFileInput = PredictFileAsk &
  ({ file: StoredFile } | { ahead: Pick<PredictRequest, 'horizon' | 'series'> });
type PredictFileAsk = {
  endpoint: string;
  /** Key of the one who asked; left out in jobs of earlier versions. */
  callerId?: string;
  bundleId: string;
  format: 'csv' | 'ndjson';
  /** Also what each column added to the answer. */
  explain?: boolean;
  read?: ReadOptions;
  /** As {@link BatchModel} says. */
  rowsIndependent?: boolean;
};
export type PredictFileOutput = {
  sha256: string;
  bytes: number;
  rows: number;
  filename: string;
  /** What a reader should check of how the file was read. */
  warnings?: IngestFinding[];
};

/** Predicts rows with a model version, beside the data plane. */
export type BatchModel = {
  name: string;
  version: number;
  bundleId: string;
  /** Whether the endpoint says that rows do not depend on each other, though the graph does not prove it. */
  rowsIndependent?: boolean;
};

export type BatchInput = {
  model: BatchModel;
  source: { file: StoredFile } | { dataset: string; version: number; manifest: DatasetManifest };
  read?: ReadOptions;
  format: 'csv' | 'parquet';
  /** Columns of the rows that the result has too. */
  keep: 'all' | 'none' | string[];
  /** Also what each column added to the answer. */
  explain: boolean;
  /** Who asked: name and id of the key. */
  by: string;
  callerId: string;
};
export type BatchOutput = PredictFileOutput;

export type ImportModelInput = {
  name: string;
  file: StoredFile;
  task: ImportedTask;
  classes: string[];
  labelOutput?: string;
  example?: ExampleInput;
};
export type ImportModelOutput = { bundleId: string; bytes: number; target: string };

/** Rows that somebody gave, as a file or a dataset version. */
export type OptimizationData =
  | { file: StoredFile; read?: ReadOptions }
  | { dataset: string; version: number; manifest: DatasetManifest };

export type OptimizeModelInput = {
  model: string;
  version: number;
  bundleId: string;
  maxLoss: number;
  prefer: Preference;
  unverified: boolean;
  on: OptimizationData | null;
  calibration: OptimizationData | null;
  target: string | null;
  /** How the version was trained; null for one that was made elsewhere, or when nobody knows any more. */
  trained: CandidateInput | null;
  /** Who asked. */
  by: string;
};
export type OptimizeModelOutput = OptimizationResult & {
  bytes: number;
  learner: string;
  metrics: Record<string, number>;
  /**
   * What the new version was measured to be beside its source, on the rows of a dataset version; null where nothing lighter was found,
   * where the rows came in a file, and for models of tensors.
   */
  validation: Pick<ValidateModelOutput, 'dataset' | 'datasetVersion' | 'gates' | 'says' | 'report'> | null;
};

export type ValidateModelInput = {
  model: string;
  version: number;
  bundleId: string;
  dataset: string;
  datasetVersion: number;
  manifest: DatasetManifest;
  /** The column of actual outcomes; null where the model knows it, or its usual names are looked for. */
  target: string | null;
  gates: GateCondition[];
  /** How the version was trained; null for one that was imported, or where that is not recorded. */
  trained: CandidateInput | null;
  /** The version that is compared with on the same rows; null where there is none but this. */
  champion: ChampionRef | null;
  /** Who asked. */
  by: string;
};
export type ValidateModelOutput = ValidationResult;

export type LabelsFileInput = {
  file: StoredFile;
  /** Key of the one who asked; left out in jobs of earlier versions. */
  callerId?: string;
  endpoint: string;
  target?: string;
  /** Bundle of the version that answers: it tells how the dataset has the target. */
  bundleId?: string;
  read?: ReadOptions;
  /** The control plane's clock when the file was given, epoch milliseconds; left out in jobs of earlier releases. */
  asOf?: number;
};
export type LabelsFileOutput = Omit<LabelsTaken, 'accepted' | 'replaced'> & {
  /** Object with the labels that were taken, one a line. */
  labels: string;
  /** How many of them there are, a repeated prediction each time. */
  taken: number;
};

export type MonitorInput = {
  endpoint: string;
  model: string;
  modelVersion: number;
  bundleId: string;
  /** As the prediction log names the version at this endpoint. */
  deployment: string;
  /**
   * Dates that a caller chose: epoch milliseconds, `to` exclusive. Null takes the last day, or more when it is thin; only such a
   * run acts on alerts and the policy.
   */
  window: { from: number; to: number } | null;
  /** Whether the schedule asks, which does nothing when there is nothing new. */
  isScheduled: boolean;
  /** When the window of the report before ended, epoch milliseconds; null where this version has none. */
  lastEnd: number | null;
  /** Whether labels have come in since the run before. */
  hasNewLabels: boolean;
  /** Object with the labels that performance is measured by, one JSON object a line, by arrival; null when there are none. */
  labels: string | null;
  /** Days of predictions that performance is measured over; the labels choose when left out. */
  labelDays?: number;
  /** What validation found, when it is known. */
  validation: unknown;
  /** For each width of a window, the report of the window before it. */
  recentReports: MonitorReport[];
  openAlerts: Alert[];
  /** What to gather for a retraining by policy; null when the policy is off. */
  gather: {
    /** Object with the labels that the dataset has not taken in, one `PendingLabel` a line. */
    labels: string;
    /** Moment up to which all labels are in it. */
    until: string;
    /** The version that rows would be added to. */
    manifestId: string;
    schema: TableSchema;
    target: string;
    /** By which the rows of the dataset are in order, where the training named one. */
    timeColumn?: string;
  } | null;
};
/** A label that goes into a dataset: with a row that is appended (null), or in place of the label that a row has. */
export type TakenLabel = { predictionId: string; value: string; row: number | null };

/** Labelled traffic on its way into a dataset. */
export type LabelledTraffic = {
  /** Object with the labels, one `TakenLabel` a line: those of appended rows first, in the order of the rows. */
  labels: string;
  /** How many rows are appended, and how many get another label. */
  rows: number;
  corrected: number;
  /** The version that places of rows refer to. */
  manifestId: string;
};

/** What a look at the traffic would write. */
export type MonitorOutput = {
  report: NewMonitorReport | null;
  raised: NewAlert[];
  /** Open alerts that are over, and why. */
  resolved: { key: string; version: number | null; reason: string }[];
  signals: MonitorSignals | null;
  /** Labelled predictions that the dataset has not taken in, one row a line, when they were asked for. */
  fresh: ({ sha256: string } & LabelledTraffic) | null;
};

export type PreviewInput = { manifest: DatasetManifest; offset: number; limit: number };
export type PreviewOutput = { rows: Row[] };

/** What a file would be used for: it decides how the file is read. */
export type InspectPurpose =
  | { kind: 'new-dataset' }
  | { kind: 'append'; dataset: string; manifest: DatasetManifest }
  | { kind: 'predict'; name: string; bundleId: string }
  | { kind: 'labels'; endpoint: string; target: string; bundleId: string };

export type InspectFileInput = {
  file: StoredFile;
  purpose: InspectPurpose;
  read?: ReadOptions;
  /** How many rows are shown. */
  limit: number;
};
export type InspectFileOutput = {
  columns: (Pick<ColumnSchema, 'name' | 'type'> & Partial<ColumnSchema>)[];
  rows: Row[];
  missingWords: string[];
  report: IngestReport;
};

export type LabelOpenInput = {
  queue: LabelQueue;
  manifest: DatasetManifest;
  /** Columns that people see; null shows the first ones. */
  columns: string[] | null;
  limit: number;
  /** Choices that the column does not hold; left out in jobs of earlier releases. */
  warnings?: string[];
  /** Bundle of the model whose doubt gives the order; null takes rows in theirs. */
  bundleId: string | null;
};
export type LabelOpenOutput = { tasks: LabelTask[] };

export type LabelApplyInput = {
  queue: LabelQueue;
  /** The version to build on. */
  parent: { manifest: DatasetManifest; manifestId: string };
  labels: { row: number; label: string }[];
  undecided: number;
};
export type LabelApplyOutput = Omit<IngestOutput, 'seconds'>;

/** Each kind of job, what it takes and gives. Both are plain data: they are kept in the database. */
export type JobKinds = {
  ingest: { input: IngestInput; output: IngestOutput };
  candidate: { input: CandidateInput; output: CandidateOutput };
  'predict-file': { input: PredictFileInput; output: PredictFileOutput };
  batch: { input: BatchInput; output: BatchOutput };
  'labels-file': { input: LabelsFileInput; output: LabelsFileOutput };
  monitor: { input: MonitorInput; output: MonitorOutput };
  preview: { input: PreviewInput; output: PreviewOutput };
  'inspect-file': { input: InspectFileInput; output: InspectFileOutput };
  'optimize-model': { input: OptimizeModelInput; output: OptimizeModelOutput };
  'validate-model': { input: ValidateModelInput; output: ValidateModelOutput };
  'import-model': { input: ImportModelInput; output: ImportModelOutput };
  'label-open': { input: LabelOpenInput; output: LabelOpenOutput };
  'label-apply': { input: LabelApplyInput; output: LabelApplyOutput };
};
export type JobKind = keyof JobKinds;

/** What a pipeline run was asked to do, as kept with it. */
export type PipelineRunRequest = PipelineRunRequestBase &
  (
    | { kind: 'ship'; ship: Omit<z.output<typeof shipRequestSchema>, 'uploadId'> }
    /** A ship that ends with a registered version; without a file it is of a dataset that is there already. */
    | { kind: 'train'; ship: Omit<z.output<typeof trainRequestSchema>, 'uploadId'> }
    | {
        kind: 'retrain';
        endpoint: string;
        /** That gets a version; left out in retrainings of earlier releases, whose endpoints are named as their models. */
        model?: string;
        /** What is to be otherwise than in the champion's training. */
        validation?: ValidationAsk;
        /** Why: a person asked, or what the policy saw. */
        reason: string;
        /** What the user says about the file. */
        read?: ReadOptions;
        /** Whether the model is fitted again on all rows; as the champion was when left out. */
        refit?: boolean;
        /** Columns to leave out, and to use despite evidence of leakage, beside those of the champion. */
        exclude?: string[];
        allowLeakage?: string[];
        /** Which training rows are used; left out for all. */
        recent?: Recency;
        /** The appended rows differ from the earlier ones on purpose. */
        acceptShift?: boolean;
        /** Id of the refused retraining whose rows are accepted, for this `reason`. */
        accepts?: string;
        /** The file is labelled traffic of the endpoint, all that was labelled up to this moment. */
        labelledUntil?: string;
        /** Which label goes into which row; left out in retrainings of earlier releases. */
        labelled?: LabelledTraffic;
      }
  );

type PipelineRunRequestBase = {
  /** Name of dataset, model and endpoint; of a retraining that of the endpoint. */
  name: string;
  target: string;
  file: StoredFile | null;
  budgetSeconds: number;
  seed: number;
  /** Who asked. */
  by: string;
};
