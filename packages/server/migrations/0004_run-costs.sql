ALTER TABLE "runs" ADD COLUMN "why" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "says" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "rows" bigint;