ALTER TABLE "audit_entries" ADD COLUMN "principal" text;--> statement-breakpoint
ALTER TABLE "uploads" ADD COLUMN "owner" text;