CREATE TABLE "endpoint_rollouts" (
	"id" text PRIMARY KEY NOT NULL,
	"endpoint" text NOT NULL,
	"state" text NOT NULL,
	"document" json NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "endpoint_revisions" ADD COLUMN "spec" json;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "paused_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "endpoint_rollouts" ADD CONSTRAINT "endpoint_rollouts_endpoint_endpoints_name_fk" FOREIGN KEY ("endpoint") REFERENCES "public"."endpoints"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "endpoint_rollouts_endpoint" ON "endpoint_rollouts" USING btree ("endpoint");--> statement-breakpoint
CREATE UNIQUE INDEX "endpoint_rollouts_open" ON "endpoint_rollouts" USING btree ("endpoint") WHERE "endpoint_rollouts"."ended_at" is null;