import { sql, type Kysely } from 'kysely';

/** What the server's roles may do with a table. Column lists keep secrets and owners out of reach of `anc_app`. */
export interface Access {
  /** privileges of `anc_app`, as `select, update (name)`; empty: none */
  readonly app: string;
  /** policy of rows for reading: an SQL condition */
  readonly read?: string;
  /** for rows as they are before and after an update, and for deleting */
  readonly change?: string;
  readonly insert?: string;
  /** privileges of `anc_system` */
  readonly system?: string;
}

// In parentheses with `select`, so that the planner evaluates each once a query and not once a row.
export const me = '(select app_user_id())';
const role = '(select app_role())';
export const isAdmin = `${role} = 'admin'`;
export const isStaff = `${role} in ('admin', 'engineer')`;
export const ownRow = `user_id = ${me}`;

/** Row-level security that binds the owner of the table too, and one policy a command. */
export async function protect(db: Kysely<unknown>, table: string, access: Access): Promise<void> {
  const { app, read, change, insert, system = 'select, insert, update, delete' } = access;
  const statements = [
    `alter table ${table} enable row level security`,
    `alter table ${table} force row level security`,
    `grant ${system} on ${table} to anc_system`,
    `create policy system_all on ${table} to anc_system using (true) with check (true)`,
    app && `grant ${app} on ${table} to anc_app`,
    read && `create policy app_read on ${table} for select to anc_app using (${read})`,
    insert && `create policy app_insert on ${table} for insert to anc_app with check (${insert})`,
    change &&
      `create policy app_update on ${table} for update to anc_app using (${change}) with check (${change})`,
    change && `create policy app_delete on ${table} for delete to anc_app using (${change})`,
  ];
  for (const statement of statements) if (statement) await sql.raw(statement).execute(db);
}
