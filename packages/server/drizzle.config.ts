import { defineConfig } from 'drizzle-kit';

/** `npx drizzle-kit generate --name <what-changes>` here, after a change to the schema; never edit a migration that was released. */
export default defineConfig({
  dialect: 'postgresql',
  schema: './src/adapters/database/schema/*.ts',
  out: './migrations',
});
