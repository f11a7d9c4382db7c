CREATE TABLE "label_leases" (
	"queue_id" text NOT NULL,
	"person" text NOT NULL,
	"task_id" text NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "label_leases_queue_id_person_pk" PRIMARY KEY("queue_id","person")
);
--> statement-breakpoint
CREATE TABLE "label_queues" (
	"sequence" bigserial NOT NULL,
	"id" text PRIMARY KEY NOT NULL,
	"dataset" text NOT NULL,
	"version" integer NOT NULL,
	"manifest_id" text NOT NULL,
	"target" text NOT NULL,
	"type" text NOT NULL,
	"choices" json,
	"overlap" integer NOT NULL,
	"lease_seconds" integer NOT NULL,
	"ordered_by" json,
	"relabel" boolean NOT NULL,
	"state" text NOT NULL,
	"applied" json,
	"opened_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "label_submissions" (
	"sequence" bigserial PRIMARY KEY NOT NULL,
	"queue_id" text NOT NULL,
	"task_id" text NOT NULL,
	"person" text NOT NULL,
	"person_name" text NOT NULL,
	"value" text,
	"reason" text,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "label_submissions_once" UNIQUE("task_id","person")
);
--> statement-breakpoint
CREATE TABLE "label_tasks" (
	"id" text PRIMARY KEY NOT NULL,
	"queue_id" text NOT NULL,
	"row" integer NOT NULL,
	"values" json NOT NULL,
	"priority" double precision NOT NULL,
	"wanted" integer NOT NULL,
	CONSTRAINT "label_tasks_row" UNIQUE("queue_id","row")
);
--> statement-breakpoint
ALTER TABLE "label_leases" ADD CONSTRAINT "label_leases_task_id_label_tasks_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."label_tasks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_submissions" ADD CONSTRAINT "label_submissions_task_id_label_tasks_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."label_tasks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_tasks" ADD CONSTRAINT "label_tasks_queue_id_label_queues_id_fk" FOREIGN KEY ("queue_id") REFERENCES "public"."label_queues"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "label_leases_task" ON "label_leases" USING btree ("task_id");--> statement-breakpoint
CREATE INDEX "label_submissions_queue" ON "label_submissions" USING btree ("queue_id","sequence");--> statement-breakpoint
CREATE INDEX "label_tasks_wanted" ON "label_tasks" USING btree ("queue_id","priority" DESC NULLS LAST,"row") WHERE wanted > 0;