/** Numbers of PostgreSQL's advisory locks, ours alone within one database. */
export const ADVISORY_LOCKS = {
  migrate: 7_400_001,
  audit: 7_400_002,
  server: 7_400_003,
  outbox: 7_400_004,
} as const;
