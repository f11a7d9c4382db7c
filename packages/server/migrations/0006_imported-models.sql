ALTER TABLE "model_versions" ALTER COLUMN "dataset_version" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "models" ALTER COLUMN "dataset" DROP NOT NULL;