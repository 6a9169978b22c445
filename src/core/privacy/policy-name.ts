import { z } from 'zod'

/** Where a model answers: on this machine or its network, or at somebody else's. */
export const EndpointPlace = z.enum(['local', 'cloud'])
export type EndpointPlace = z.infer<typeof EndpointPlace>

/** How much of a task may go to the cloud, the strictest first. */
export const Policy = z.enum(['offline', 'prefer-local', 'cloud-for-complex'])
export type Policy = z.infer<typeof Policy>
