ALTER TABLE "journeys" RENAME TO "pipeline_runs";--> statement-breakpoint
ALTER SEQUENCE "journeys_sequence_seq" RENAME TO "pipeline_runs_sequence_seq";--> statement-breakpoint
ALTER INDEX "journeys_pkey" RENAME TO "pipeline_runs_pkey";--> statement-breakpoint
ALTER INDEX "journeys_sequence" RENAME TO "pipeline_runs_sequence";--> statement-breakpoint
ALTER INDEX "journeys_name" RENAME TO "pipeline_runs_name";--> statement-breakpoint
ALTER INDEX "journeys_running" RENAME TO "pipeline_runs_running";--> statement-breakpoint
ALTER TABLE "jobs" RENAME COLUMN "journey_id" TO "pipeline_run_id";--> statement-breakpoint
ALTER INDEX "jobs_journey" RENAME TO "jobs_pipeline_run";--> statement-breakpoint
ALTER TABLE "runs" RENAME COLUMN "journey_id" TO "pipeline_run_id";--> statement-breakpoint
ALTER INDEX "runs_journey" RENAME TO "runs_pipeline_run";--> statement-breakpoint
UPDATE "pipeline_runs" SET "result" = replace(
  "result"::text,
  to_json("result"->>'console')::text,
  to_json(replace("result"->>'console', '/journeys/', '/pipeline-runs/'))::text
)::json
WHERE json_typeof("result"->'console') = 'string';--> statement-breakpoint
UPDATE "alerts" SET "evidence" = (
  ("evidence"::jsonb - 'journey') || jsonb_build_object('pipelineRun', "evidence"::jsonb->'journey')
)::json
WHERE json_typeof("evidence") = 'object' AND "evidence"::jsonb ? 'journey';--> statement-breakpoint
UPDATE "outbox_events" SET "payload" = jsonb_set("payload"::jsonb, '{evidence}',
  (("payload"::jsonb->'evidence') - 'journey') || jsonb_build_object('pipelineRun', "payload"::jsonb->'evidence'->'journey')
)::json
WHERE json_typeof("payload") = 'object' AND json_typeof("payload"->'evidence') = 'object' AND "payload"::jsonb->'evidence' ? 'journey';--> statement-breakpoint
UPDATE "api_keys" SET "grant" = jsonb_set("grant"::jsonb, '{permissions}', (
  SELECT jsonb_agg(regexp_replace("permission", '^journeys:', 'pipelines:'))
  FROM json_array_elements_text("grant"->'permissions') AS "permission"
))::json
WHERE json_typeof("grant"->'permissions') = 'array' AND json_array_length("grant"->'permissions') > 0;