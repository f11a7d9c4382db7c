CREATE TABLE "label_reviews" (
	"task_id" text PRIMARY KEY NOT NULL,
	"queue_id" text NOT NULL,
	"reviewer" text NOT NULL,
	"reviewer_name" text NOT NULL,
	"value" text,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "labelled_rows" (
	"dataset" text NOT NULL,
	"endpoint" text NOT NULL,
	"prediction_id" text NOT NULL,
	"version" integer NOT NULL,
	"row" integer NOT NULL,
	"value" text NOT NULL,
	CONSTRAINT "labelled_rows_dataset_endpoint_prediction_id_version_pk" PRIMARY KEY("dataset","endpoint","prediction_id","version")
);
--> statement-breakpoint
ALTER TABLE "label_queues" ADD COLUMN "reading" json;--> statement-breakpoint
ALTER TABLE "label_queues" ADD COLUMN "consensus" text;--> statement-breakpoint
UPDATE "label_queues" SET "consensus" = CASE WHEN "choices"::text = 'null' THEN 'median' ELSE 'majority' END;--> statement-breakpoint
ALTER TABLE "label_queues" ALTER COLUMN "consensus" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "labels" ADD COLUMN "arrived_at" timestamp (3) with time zone;--> statement-breakpoint
UPDATE "labels" SET "arrived_at" = least("observed_at", now());--> statement-breakpoint
ALTER TABLE "labels" ALTER COLUMN "arrived_at" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "label_reviews" ADD CONSTRAINT "label_reviews_task_id_label_tasks_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."label_tasks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "label_reviews_queue" ON "label_reviews" USING btree ("queue_id");--> statement-breakpoint
CREATE INDEX "labelled_rows_version" ON "labelled_rows" USING btree ("dataset","version");--> statement-breakpoint
CREATE INDEX "labels_arrived" ON "labels" USING btree ("endpoint","arrived_at","prediction_id");