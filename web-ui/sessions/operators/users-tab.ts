import { html } from 'lit';
import { roles } from '../../../host/sessions/accounts/principal.ts';
import { api } from '../shared/api-client.ts';
import { type Column, ListTab, time } from './list-tab.ts';
import { mayDo } from './rights.ts';
import type { UserView } from './views.ts';

/** All users: their roles, who may not come in any more. */
export class UsersTab extends ListTab<UserView> {
  protected readonly path = '/users';
  protected readonly heading = 'Users';
  protected readonly columns: readonly Column<UserView>[] = [
    { title: 'name', cell: ({ name, id }) => html`<strong title=${id}>${name || '–'}</strong>` },
    { title: 'e-mail', cell: ({ email, kind }) => (kind === 'guest' ? 'guest' : (email ?? '–')) },
    { title: 'role', cell: (user) => this.#role(user) },
    {
      title: 'access',
      cell: ({ disabled }) =>
        disabled ? html`<span class="bad">disabled</span>` : html`<span class="good">yes</span>`,
    },
    { title: 'last log-in', cell: ({ lastLoginAt }) => time(lastLoginAt) },
    { title: 'since', cell: ({ createdAt }) => time(createdAt) },
  ];

  #change(id: string, change: Partial<Pick<UserView, 'role' | 'disabled'>>, done: string): void {
    void this.act(() => api.patch(`/users/${id}`, change), done);
  }

  #role({ id, name, role, kind }: UserView) {
    if (kind === 'guest' || !mayDo(api.user, 'users:write')) return role;
    return html`<select
      aria-label="Role of ${name}"
      @change=${(event: Event) => {
        const chosen = (event.target as HTMLSelectElement).value as UserView['role'];
        this.#change(id, { role: chosen }, `${name} is ${chosen} now.`);
      }}
    >
      ${roles.map((each) => html`<option value=${each} .selected=${each === role}>${each}</option>`)}
    </select>`;
  }

  protected actions({ id, name, disabled }: UserView) {
    if (!mayDo(api.user, 'users:write') || id === api.user?.id) return '';
    if (disabled)
      return html`<button
        aria-label="Let ${name} in again"
        @click=${() => this.#change(id, { disabled: false }, `${name} may come in again.`)}
      >
        Enable
      </button>`;
    return html`<anc-confirm-button
      text="Disable"
      about=${name}
      @confirmed=${() => this.#change(id, { disabled: true }, `${name} is disabled.`)}
    ></anc-confirm-button>`;
  }
}

customElements.define('anc-users-tab', UsersTab);
