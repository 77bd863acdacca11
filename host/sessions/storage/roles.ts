import { sql, type Kysely } from 'kysely';

/** SQLSTATE of two set-ups that make the same thing at once: there already, not unique, changed meanwhile, deadlock. */
const raced = new Set(['42710', '42P07', '23505', 'XX000', '40P01']);

/**
 * The roles under which all work of the server runs. They own nothing and cannot log in; roles are the server's, not
 * the database's, so other databases may have made them already.
 */
export async function ensureRoles(owner: Kysely<unknown>): Promise<void> {
  for (const role of ['anc_app', 'anc_system'])
    await retried(() =>
      sql
        .raw(
          `do $$ begin
             if not exists (select from pg_roles where rolname = '${role}') then
               create role ${role} nologin nosuperuser nocreatedb nocreaterole nobypassrls;
             end if;
           end $$`,
        )
        .execute(owner),
    );
  await sql
    .raw(
      `do $$ begin
         execute format('revoke temporary, create on database %I from public', current_database());
         revoke create on schema public from public;
         grant usage on schema public to anc_app, anc_system;
         -- The owner needs to be a member only to give anc_system the schema of the jobs.
         if not (select rolsuper from pg_roles where rolname = current_user)
            and not pg_has_role(current_user, 'anc_system', 'member') then
           execute format('grant anc_system to %I', current_user);
         end if;
       end $$`,
    )
    .execute(owner);
}

/** Tries again what another set-up disturbed; what it made stays, so that the next try finds it. */
export async function retried<T>(work: () => Promise<T>, tries = 5): Promise<T> {
  for (let left = tries; ; left -= 1)
    try {
      return await work();
    } catch (error) {
      if (left <= 1 || !raced.has((error as { code?: string }).code ?? '')) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
}
