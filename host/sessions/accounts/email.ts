import { AncError } from '@anc/link';

const form = /^[^\s@"(),:;<>[\\\]]+@[^\s@"(),:;<>[\\\]]+\.[^\s@"(),:;<>[\\\].]+$/;

/**
 * As addresses are stored and compared.
 * @throws AncError EMAIL_INVALID
 */
export function normalizeEmail(text: string): string {
  const email = text.trim().normalize('NFKC').toLowerCase();
  if (email.length > 254 || !form.test(email) || hasControl(email))
    throw new AncError('EMAIL_INVALID', `'${email.slice(0, 100)}' is no e-mail address`, {
      hint: 'name@example.com',
    });
  return email;
}

function hasControl(text: string): boolean {
  return /\p{Cc}/u.test(text);
}
