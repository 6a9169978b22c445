/** Everything is wanted, however long it takes: `npm run test:all`. */
export const ALL = process.env['QUORUM_TEST_ALL'] === '1'

/** Why a test that takes minutes is left out. */
export const LONG = 'takes minutes; npm run test:all runs it'
