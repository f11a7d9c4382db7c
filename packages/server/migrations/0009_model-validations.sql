CREATE TABLE "model_validations" (
	"id" text PRIMARY KEY NOT NULL,
	"model" text NOT NULL,
	"version" integer NOT NULL,
	"dataset" text NOT NULL,
	"dataset_version" integer NOT NULL,
	"by" text NOT NULL,
	"gates" json NOT NULL,
	"says" text NOT NULL,
	"report" json NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "model_validations" ADD CONSTRAINT "model_validations_model_version" FOREIGN KEY ("model","version") REFERENCES "public"."model_versions"("model","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "model_validations_version" ON "model_validations" USING btree ("model","version");--> statement-breakpoint
CREATE FUNCTION "refuse_validation_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'validations are append-only';
END
$$;
--> statement-breakpoint
CREATE TRIGGER "model_validations_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "model_validations"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_validation_change"();
