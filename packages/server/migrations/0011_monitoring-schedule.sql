CREATE TABLE "monitoring_runs" (
	"endpoint" text PRIMARY KEY NOT NULL,
	"job_id" text,
	"started_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"outcome" text NOT NULL,
	"failures" integer NOT NULL
);
--> statement-breakpoint
DROP INDEX "alerts_open";--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "monitoring" json;--> statement-breakpoint
ALTER TABLE "alerts" ADD COLUMN "version" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "alerts" ADD COLUMN "resolution" text;--> statement-breakpoint
ALTER TABLE "monitor_reports" ADD COLUMN "deployment" text;--> statement-breakpoint
CREATE INDEX "monitor_reports_window" ON "monitor_reports" USING btree ("endpoint","kind","window_end");--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_open" ON "alerts" USING btree ("endpoint","key","version") WHERE state = 'open';--> statement-breakpoint
UPDATE "alerts" SET "version" = ("evidence"->>'version')::integer WHERE "evidence"->>'version' ~ '^[1-9][0-9]{0,8}$';--> statement-breakpoint
UPDATE "endpoints" SET "monitoring" = json_build_object('enabled', true, 'everyMinutes', ("policy"->>'checkEveryMinutes')::double precision) WHERE "policy"->>'mode' <> 'off' AND "policy"->>'checkEveryMinutes' IS NOT NULL;
