import type { Project } from '../../../apis/project.openshift.io/v1/types.ts';
import { DISPLAY_NAME } from '../../../apis/project.openshift.io/v1/validation.ts';
import { PROJECT_REQUESTS, PROJECTS } from '../../../apis/resource-types.ts';
import type { Column, ResourceDefinition } from '../../../apiserver/resource-definition.ts';
import { newProjectRequestStorage } from './project-request-storage.ts';
import { newProjectStorage, type ProjectDeps } from './project-storage.ts';

export type { ProjectDeps } from './project-storage.ts';

const COLUMNS: readonly Column<Project>[] = [
  {
    name: 'Name',
    type: 'string',
    format: 'name',
    description: 'The name of the project and of its namespace.',
    cell: (project) => project.metadata.name ?? '',
  },
  {
    name: 'Display Name',
    type: 'string',
    description: 'What people call the project.',
    cell: (project) => project.metadata.annotations?.[DISPLAY_NAME] ?? '',
  },
  {
    name: 'Status',
    type: 'string',
    description: 'Active, or Terminating while its content is being deleted.',
    cell: (project) => project.status?.phase ?? '',
  },
];

/** projectDefinitions declares Project and ProjectRequest (project.openshift.io/v1). */
export function projectDefinitions(deps: ProjectDeps): ResourceDefinition[] {
  const definition = (kind: string) => `com.github.openshift.api.project.v1.${kind}`;
  return [
    {
      type: PROJECTS,
      definition: definition('Project'),
      columns: COLUMNS as readonly Column<never>[],
      storage: newProjectStorage(deps) as never,
    },
    {
      type: PROJECT_REQUESTS,
      definition: definition('ProjectRequest'),
      storage: newProjectRequestStorage(deps.client) as never,
    },
  ];
}
