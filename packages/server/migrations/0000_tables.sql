CREATE TABLE "api_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"grant" json NOT NULL,
	"prefix" text NOT NULL,
	"hash" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	CONSTRAINT "api_keys_hash" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "audit_entries" (
	"sequence" bigint PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"who" text NOT NULL,
	"what" text NOT NULL,
	"subject" text NOT NULL,
	"request_id" text,
	"details" json NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "dataset_versions" (
	"dataset" text NOT NULL,
	"version" integer NOT NULL,
	"manifest_id" text NOT NULL,
	"manifest" json NOT NULL,
	"profile" json NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "dataset_versions_dataset_version_pk" PRIMARY KEY("dataset","version"),
	CONSTRAINT "dataset_versions_manifest" UNIQUE("dataset","manifest_id")
);
--> statement-breakpoint
CREATE TABLE "datasets" (
	"name" text PRIMARY KEY NOT NULL,
	"latest_version" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "uploads" (
	"id" text PRIMARY KEY NOT NULL,
	"filename" text NOT NULL,
	"sha256" text NOT NULL,
	"bytes" bigint NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "endpoint_revisions" (
	"endpoint" text NOT NULL,
	"revision" integer NOT NULL,
	"model_version" integer NOT NULL,
	"bundle_id" text NOT NULL,
	"reason" text NOT NULL,
	"by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "endpoint_revisions_endpoint_revision_pk" PRIMARY KEY("endpoint","revision")
);
--> statement-breakpoint
CREATE TABLE "endpoint_tokens" (
	"id" text PRIMARY KEY NOT NULL,
	"endpoint" text NOT NULL,
	"name" text NOT NULL,
	"prefix" text NOT NULL,
	"hash" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "endpoint_tokens_hash" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "endpoints" (
	"name" text PRIMARY KEY NOT NULL,
	"model" text NOT NULL,
	"target" text NOT NULL,
	"task" text NOT NULL,
	"current_revision" integer,
	"policy" json,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "model_aliases" (
	"model" text NOT NULL,
	"alias" text NOT NULL,
	"version" integer NOT NULL,
	"moved_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "model_aliases_model_alias_pk" PRIMARY KEY("model","alias")
);
--> statement-breakpoint
CREATE TABLE "model_versions" (
	"model" text NOT NULL,
	"version" integer NOT NULL,
	"bundle_id" text NOT NULL,
	"run_id" text,
	"dataset_version" integer NOT NULL,
	"learner" text NOT NULL,
	"metrics" json NOT NULL,
	"primary_metric" text NOT NULL,
	"gates" json,
	"bytes" bigint NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "model_versions_model_version_pk" PRIMARY KEY("model","version")
);
--> statement-breakpoint
CREATE TABLE "models" (
	"name" text PRIMARY KEY NOT NULL,
	"task" text NOT NULL,
	"target" text NOT NULL,
	"dataset" text NOT NULL,
	"latest_version" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "alerts" (
	"id" text PRIMARY KEY NOT NULL,
	"endpoint" text NOT NULL,
	"key" text NOT NULL,
	"state" text NOT NULL,
	"severity" text NOT NULL,
	"message" text NOT NULL,
	"evidence" json,
	"times" integer DEFAULT 1 NOT NULL,
	"first_seen_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	"resolved_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "labels" (
	"endpoint" text NOT NULL,
	"prediction_id" text NOT NULL,
	"value" text NOT NULL,
	"observed_at" timestamp (3) with time zone NOT NULL,
	"source" text NOT NULL,
	CONSTRAINT "labels_endpoint_prediction_id_pk" PRIMARY KEY("endpoint","prediction_id")
);
--> statement-breakpoint
CREATE TABLE "monitor_reports" (
	"id" text PRIMARY KEY NOT NULL,
	"endpoint" text NOT NULL,
	"kind" text NOT NULL,
	"window_start" timestamp (3) with time zone NOT NULL,
	"window_end" timestamp (3) with time zone NOT NULL,
	"report" json,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outbox_events" (
	"sequence" bigserial PRIMARY KEY NOT NULL,
	"topic" text NOT NULL,
	"subject" text NOT NULL,
	"payload" json,
	"created_at" timestamp (3) with time zone NOT NULL,
	"settled_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"sequence" bigserial NOT NULL,
	"id" text PRIMARY KEY NOT NULL,
	"journey_id" text,
	"parent_run_id" text,
	"name" text NOT NULL,
	"state" text NOT NULL,
	"dataset" text NOT NULL,
	"dataset_version" integer NOT NULL,
	"target" text NOT NULL,
	"task" text NOT NULL,
	"learner" text,
	"params" json NOT NULL,
	"metrics" json NOT NULL,
	"curves" json NOT NULL,
	"seconds" double precision,
	"failure" json,
	"started_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"sequence" bigserial NOT NULL,
	"id" text PRIMARY KEY NOT NULL,
	"key" text,
	"kind" text NOT NULL,
	"state" text NOT NULL,
	"input" json,
	"output" json,
	"failure" json,
	"progress" json,
	"journey_id" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"max_attempts" integer NOT NULL,
	"token" integer DEFAULT 0 NOT NULL,
	"instance" text,
	"worker" text,
	"lease_ends_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "jobs_key" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "journeys" (
	"sequence" bigserial NOT NULL,
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"state" text NOT NULL,
	"request" json,
	"stages" json NOT NULL,
	"result" json,
	"failure" json,
	"changes" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "dataset_versions" ADD CONSTRAINT "dataset_versions_dataset_datasets_name_fk" FOREIGN KEY ("dataset") REFERENCES "public"."datasets"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endpoint_revisions" ADD CONSTRAINT "endpoint_revisions_endpoint_endpoints_name_fk" FOREIGN KEY ("endpoint") REFERENCES "public"."endpoints"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endpoint_tokens" ADD CONSTRAINT "endpoint_tokens_endpoint_endpoints_name_fk" FOREIGN KEY ("endpoint") REFERENCES "public"."endpoints"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model_aliases" ADD CONSTRAINT "model_aliases_version" FOREIGN KEY ("model","version") REFERENCES "public"."model_versions"("model","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model_versions" ADD CONSTRAINT "model_versions_model_models_name_fk" FOREIGN KEY ("model") REFERENCES "public"."models"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "endpoint_tokens_endpoint" ON "endpoint_tokens" USING btree ("endpoint");--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_open" ON "alerts" USING btree ("endpoint","key") WHERE state = 'open';--> statement-breakpoint
CREATE INDEX "alerts_last_seen" ON "alerts" USING btree ("last_seen_at");--> statement-breakpoint
CREATE INDEX "labels_observed" ON "labels" USING btree ("endpoint","observed_at");--> statement-breakpoint
CREATE INDEX "monitor_reports_endpoint" ON "monitor_reports" USING btree ("endpoint","kind","created_at");--> statement-breakpoint
CREATE INDEX "outbox_events_pending" ON "outbox_events" USING btree ("sequence") WHERE settled_at is null;--> statement-breakpoint
CREATE INDEX "runs_sequence" ON "runs" USING btree ("sequence");--> statement-breakpoint
CREATE INDEX "runs_journey" ON "runs" USING btree ("journey_id");--> statement-breakpoint
CREATE INDEX "runs_parent" ON "runs" USING btree ("parent_run_id");--> statement-breakpoint
CREATE INDEX "jobs_sequence" ON "jobs" USING btree ("sequence");--> statement-breakpoint
CREATE INDEX "jobs_queued" ON "jobs" USING btree ("kind","sequence") WHERE state = 'queued';--> statement-breakpoint
CREATE INDEX "jobs_running" ON "jobs" USING btree ("lease_ends_at") WHERE state = 'running';--> statement-breakpoint
CREATE INDEX "jobs_journey" ON "jobs" USING btree ("journey_id");--> statement-breakpoint
CREATE INDEX "journeys_sequence" ON "journeys" USING btree ("sequence");--> statement-breakpoint
CREATE INDEX "journeys_name" ON "journeys" USING btree ("name");