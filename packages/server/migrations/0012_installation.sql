CREATE TABLE "installation" (
	"is_row" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"id" text NOT NULL,
	"since" timestamp (3) with time zone NOT NULL
);
