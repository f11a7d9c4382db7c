UPDATE "journeys" AS "older" SET "state" = 'cancelled', "ended_at" = now(), "changes" = "changes" + 1
WHERE "state" = 'running' AND EXISTS (
  SELECT 1 FROM "journeys" AS "newer"
  WHERE "newer"."name" = "older"."name" AND "newer"."state" = 'running' AND "newer"."sequence" > "older"."sequence"
);--> statement-breakpoint
CREATE UNIQUE INDEX "journeys_running" ON "journeys" USING btree ("name") WHERE state = 'running';
