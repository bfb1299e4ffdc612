// What this example says and reads, by the schemas: a whole set of types is made from them by
// json-schema-to-typescript, quicktype and the like.

/** schemas/application.schema.json: only what this example looks at; the file has the rest. */
export interface Application {
  application_id: string;
  platform_id: string;
  /** Of a next term: the one before it. */
  previous?: { term: number; log_hash: string };
  [field: string]: unknown;
}

/** schemas/decisions/recommendation.schema.json */
export interface Recommendation {
  kind: 'recommendation';
  decision_id: string;
  actor: { id: string; role: 'operator' | 'district' | 'commission'; organisation: string; district?: string };
  /** A day in Beijing: 2026-11-23. */
  decided_on: string;
  outcome: 'recommended' | 'returned' | 'declined';
  opinion: string;
  note?: string;
}

export interface Awaited {
  kind: string;
  role: string;
  rule: string;
}

/** schemas/answers/receipt.schema.json */
export interface Receipt {
  decision_id: string;
  seq: number;
  at: string;
  outcome: string;
  stage: string;
  awaited: Awaited[];
}

/** schemas/answers/case_view.schema.json */
export interface CaseView {
  platform: { stage: string; facts: { platform_id: string; application_id: string; term: number; name: string } } | null;
  due: { due: string } | null;
  awaited: Awaited[];
  log_seq: number;
  log_hash: string;
}

/** schemas/answers/log_entry.schema.json */
export interface LogEntry {
  seq: number;
  kind: 'decision' | 'refused' | 'happening';
  decision_id: string | null;
  /** Why it was refused, in English and Chinese. */
  reason: string | null;
}
