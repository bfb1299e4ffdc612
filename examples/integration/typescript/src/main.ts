// Starts a platform, signals a recommendation, waits until it stands, and prints where the case is.
// Run it again: nothing happens twice.
//
//   node dist/main.js application.json recommendation.json

import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection, WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from '@temporalio/client';
import type { Application, CaseView, LogEntry, Receipt, Recommendation } from './messages.js';

const PATIENCE_MS = 20_000;

/** Start the term that is applied for; the same application again is answered by its open case. */
async function apply(client: Client, application: Application): Promise<WorkflowHandle> {
  const workflowId = `platform:${application.platform_id}`;
  try {
    return await client.workflow.start('Platform', {
      workflowId,
      taskQueue: 'pingtai',
      args: [application],
      // A term that is open, or has ended, is never started over: the next needs `term` and `previous`.
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: application.previous ? 'ALLOW_DUPLICATE' : 'REJECT_DUPLICATE',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  const handle = client.workflow.getHandle(workflowId);
  const first = (await query<CaseView>(handle, 'state')).platform?.facts;
  if (first?.application_id !== application.application_id) {
    throw new Error(`${workflowId} runs, or ran, by another application: ${first?.application_id}`);
  }
  return handle;
}

/** Ask a case. Between two of its runs there is a moment in which nobody can be asked: ask again. */
async function query<Answer>(handle: WorkflowHandle, name: string, ...args: unknown[]): Promise<Answer> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await handle.query<Answer, unknown[]>(name, ...args);
    } catch (error) {
      const said = `${error} ${(error as Error).cause ?? ''}`;
      if (!said.includes('not scheduled yet') || Date.now() > until) throw error;
    }
    await pause(100);
  }
}

/** Wait until a signal was taken: its receipt is there. One that was refused stands in the log. */
async function receiptOf(handle: WorkflowHandle, decisionId: string, after: number): Promise<Receipt> {
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await pause(100)) {
    const receipt = await query<Receipt | null>(handle, 'receipt', decisionId);
    if (receipt) return receipt;
    const log = await query<LogEntry[]>(handle, 'log');
    const refused = log.find((entry) => entry.seq > after && entry.decision_id === decisionId);
    if (refused?.kind === 'refused') throw new Error(`refused: ${refused.reason}`);
  }
  throw new Error(`no word of ${decisionId} yet: run this again, it is never taken twice`);
}

async function main(applicationFile: string, recommendationFile: string): Promise<void> {
  const application = JSON.parse(await readFile(applicationFile, 'utf8')) as Application;
  const recommendation = JSON.parse(await readFile(recommendationFile, 'utf8')) as Recommendation;
  const address = process.env.TEMPORAL_ADDRESS ?? '127.0.0.1:7233';
  const connection = await Connection.connect({ address }).catch((cause: Error) => {
    throw new Error(`no Temporal at ${address}: set TEMPORAL_ADDRESS`, { cause });
  });
  try {
    const namespace = process.env.TEMPORAL_NAMESPACE ?? 'default';
    const handle = await apply(new Client({ connection, namespace }), application);
    const before = await query<CaseView>(handle, 'state');
    await handle.signal('recommendation', recommendation);
    const receipt = await receiptOf(handle, recommendation.decision_id, before.log_seq);
    console.error(`entry ${receipt.seq} of the log: ${receipt.outcome}; then ${receipt.stage} was next`);
    console.log(JSON.stringify(await query<CaseView>(handle, 'state'), null, 2));
  } finally {
    await connection.close();
  }
}

const [applicationFile, recommendationFile] = process.argv.slice(2);
if (applicationFile && recommendationFile) {
  await main(applicationFile, recommendationFile).catch((error: Error) => {
    console.error(error.cause ? `${error} (${error.cause})` : String(error));
    process.exitCode = 1;
  });
} else {
  console.error('usage: node dist/main.js application.json recommendation.json');
  process.exitCode = 2;
}
