DROP INDEX "outbox_events_pending";--> statement-breakpoint
CREATE INDEX "outbox_events_created" ON "outbox_events" USING btree ("created_at");--> statement-breakpoint
ALTER TABLE "outbox_events" DROP COLUMN "settled_at";