export { groupColumns } from './group-columns.ts';
export { groupReports } from './group-reports.ts';
