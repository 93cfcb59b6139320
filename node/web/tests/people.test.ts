import { describe, expect, it } from 'vitest';
import { inOffice, peopleOf } from '../src/people';

const certificate = (name: string, roles: string[], state: 'active' | 'suspended' | 'retired' | 'revoked') => ({ name, roles, state });

describe('a person of several certificates', () => {
  // As the node lists them: the oldest first.
  const all = [
    certificate('周敏', ['drafter'], 'retired'),
    certificate('王芳', ['admin_people', 'admin_keys', 'signer'], 'retired'),
    certificate('周敏', ['drafter', 'reviewer', 'signer'], 'active'),
    certificate('王芳', ['admin_keys'], 'active'),
    certificate('刘小满', ['drafter'], 'suspended'),
  ];
  it('has the roles of the one in use: given ones count, taken ones are gone', () => {
    expect(inOffice(all, '周敏')?.roles).toEqual(['drafter', 'reviewer', 'signer']);
    expect(inOffice(all, '王芳')?.roles).toEqual(['admin_keys']);
  });
  it('is one row, people at work first', () => expect(peopleOf(all).map((p) => p.name)).toEqual(['周敏', '王芳', '刘小满']));
  it('may nothing while suspended', () => expect(inOffice(all, '刘小满')).toBeUndefined());
  it('is shown as it ended last, when nothing of it is in use', () => {
    expect(peopleOf([certificate('赵敏', ['drafter'], 'retired'), certificate('赵敏', ['signer'], 'retired')])[0]!.roles).toEqual(['signer']);
  });
});
