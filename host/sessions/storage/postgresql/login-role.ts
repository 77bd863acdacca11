import { createHmac, createHash, pbkdf2Sync, randomBytes } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import { AncError } from '@anc/link';
import { retried } from '../roles.ts';

/**
 * The role as which the server logs in: member of `anc_app` and `anc_system`, without rights of its own, owner of
 * nothing. Made when it is not there; the password of one that is there stays.
 */
export async function ensureLoginRole(owner: Kysely<unknown>, url: string): Promise<void> {
  const { username, password } = new URL(url);
  const name = decodeURIComponent(username);
  if (!name)
    throw new AncError('DATABASE_URL_INVALID', 'DATABASE_URL names no user', {
      hint: 'postgresql://anc_server:PASSWORD@HOST/DATABASE',
    });
  const verifier = password ? scramVerifier(decodeURIComponent(password)) : null;
  const options = 'login noinherit nosuperuser nocreatedb nocreaterole nobypassrls';
  // Statements of roles take no parameters: the server itself quotes what goes into them.
  const { rows } = await sql<{ role: string; create: string }>`
    select quote_ident(${name}) as role,
      format(${`create role %I ${options} password %L`}::text, ${name}::text, ${verifier}::text) as create
  `.execute(owner);
  const { role, create } = rows[0]!;
  await retried(async () => {
    const there = await sql`select 1 from pg_roles where rolname = ${name}`.execute(owner);
    if (there.rows.length === 0) await sql.raw(create).execute(owner);
  });
  await retried(() => sql.raw(`grant anc_app, anc_system to ${role}`).execute(owner));
}

/** RFC 5803: the server, and its log, never see the password itself. */
function scramVerifier(password: string): string {
  const iterations = 4096;
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, 32, 'sha256');
  const hmac = (text: string) => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(hmac('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${hmac('Server Key').toString('base64')}`;
}
