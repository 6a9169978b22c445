import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countAssertions } from '../../src/core/assertions.ts'

test('tests, assertions and skips of JavaScript are counted', () => {
  const text = `
import assert from 'node:assert/strict'
// test('not this', () => assert.ok(1))
const words = "it('nor this')"
describe('sum', () => {
  it('adds', () => { expect(sum(1, 1)).toBe(2); expect(() => sum()).toThrow() })
  it.each([1, 2])('adds %i', (n) => { assert.equal(sum(n, 0), n) })
  test.skip('is slow', () => assert(true))
  xit('is old', () => {})
  test('later', { todo: true }, async (t) => { await t.test('inner', () => { t.assert.ok(1) }) })
})
regex.test('a'); unit.it('b')
`
  assert.deepEqual(countAssertions('a.test.ts', text), { tests: 4, assertions: 5, skipped: 3 })
})

test('tests, assertions and skips of Python are counted', () => {
  const text = `
import pytest
def test_a():
    """assert nothing here"""
    assert f() == 1  # assert this too?
@pytest.mark.skip(reason="def test_x(): pass")
def test_b(): assert True
class TestC(unittest.TestCase):
    async def test_d(self):
        self.assertEqual(1, 2)
        with pytest.raises(ValueError): f()
def helper_test(): pass
`
  assert.deepEqual(countAssertions('tests/test_a.py', text), { tests: 3, assertions: 3, skipped: 1 })
})

test('tests, assertions and skips of Rust and Go are counted', () => {
  const rust = `
#[cfg(test)]
mod tests {
    #[test]
    fn adds() { assert_eq!(add(1, 1), 2, "#[test] in a string"); assert!(true) }
    #[tokio::test(flavor = "multi_thread")]
    #[ignore]
    async fn waits() {}
    // #[test]
}
`
  assert.deepEqual(countAssertions('src/lib.rs', rust), { tests: 2, assertions: 2, skipped: 1 })
  const go = `
func TestAdd(t *testing.T) {
	t.Run("t.Fatal(1)", func(t *testing.T) { if Add(1, 1) != 2 { t.Errorf("no") } })
	require.Equal(t, 1, 1)
	/* t.Fatal() */
	t.Skip("later")
}
func helper() {}
`
  assert.deepEqual(countAssertions('a_test.go', go), { tests: 2, assertions: 2, skipped: 1 })
})

test('what is no source holds nothing', () => {
  const none = { tests: 0, assertions: 0, skipped: 0 }
  assert.deepEqual(countAssertions('README.md', "test('a', () => assert.ok(1))"), none)
  assert.deepEqual(countAssertions('a.test.js', ''), none)
})
