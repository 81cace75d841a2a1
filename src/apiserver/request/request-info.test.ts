import { describe, expect, it } from 'vitest';
import { parseRequest } from './request-info.ts';

function parsed(method: string, target: string) {
  const [path = '', query = ''] = target.split('?');
  const info = parseRequest(method, path, new URLSearchParams(query));
  const { verb, group, version, namespace, resource, subresource, name, subpath } = info;
  const at = [group || '-', version, namespace || '-', resource, name || '-', subresource || '-'];
  return `${verb} ${at.join(' ')}${subpath}`;
}

describe('parseRequest', () => {
  it.each([
    ['GET', '/api/v1/pods', 'list - v1 - pods - -'],
    ['GET', '/api/v1/pods?watch=true', 'watch - v1 - pods - -'],
    ['GET', '/api/v1/pods?watch=0', 'list - v1 - pods - -'],
    ['GET', '/api/v1/namespaces/p/pods/web', 'get - v1 p pods web -'],
    ['POST', '/api/v1/namespaces/p/pods', 'create - v1 p pods - -'],
    ['DELETE', '/api/v1/namespaces/p/pods', 'deletecollection - v1 p pods - -'],
    ['GET', '/api/v1/namespaces', 'list - v1 - namespaces - -'],
    ['GET', '/api/v1/namespaces/p', 'get - v1 p namespaces p -'],
    ['PUT', '/api/v1/namespaces/p/finalize', 'update - v1 p namespaces p finalize'],
    ['GET', '/api/v1/namespaces/p/status', 'get - v1 p namespaces p status'],
    [
      'PATCH',
      '/apis/apps/v1/namespaces/p/deployments/d/scale',
      'patch apps v1 p deployments d scale',
    ],
    [
      'GET',
      '/apis/project.openshift.io/v1/projects/p',
      'get project.openshift.io v1 p projects p -',
    ],
    ['GET', '/api/v1/watch/namespaces/p/pods', 'watch - v1 p pods - -'],
    ['GET', '/api/v1/namespaces/p/pods/web/proxy/a/b', 'get - v1 p pods web proxy/a/b'],
    [
      'GET',
      '/apis/image.openshift.io/v1/namespaces/p/imagestreamtags/web%3Alatest',
      'get image.openshift.io v1 p imagestreamtags web:latest -',
    ],
    ['GET', '/api/v1/namespaces/p%2Fpods', 'list - v1 p pods - -'],
    ['GET', '/api/v1/namespaces/p/pods/a%2541', 'get - v1 p pods a%41 -'],
    ['GET', '/api/v1/namespaces//pods', 'list - v1 - pods - -'],
    ['GET', '/api/v1/namespaces/p/pods//web', 'list - v1 p pods - web'],
    ['OPTIONS', '/api/v1/namespaces/p/pods//web/', ' - v1 p pods - web'],
    ['PUT', '/api/v1/namespaces/p/pods/web//log', 'update - v1 p pods web -/log'],
    ['POST', '/api/v1/proxy/namespaces/p/pods/web', 'proxy - v1 p pods web -'],
  ])('%s %s', (method, target, expected) => expect(parsed(method, target)).toBe(expected));

  it.each([
    '/',
    '/version',
    '/api',
    '/api/v1',
    '/apis',
    '/apis/apps',
    '/apis/apps/v1',
    '/healthz',
    '/api//v1/pods',
    '//api/v1/pods',
    '/api/v1/namespaces/a//pods',
  ])('%s is not a resource', (path) => {
    const info = parseRequest('GET', path, new URLSearchParams());
    expect(info).toMatchObject({ isResource: false, verb: 'get', path });
  });

  it.each([
    ['metadata.name=a', 'a'],
    ['metadata.name==a,status.phase=Running', 'a'],
    ['metadata.name!=a', ''],
    ['spec.nodeName=a', ''],
    ['metadata.name=a\\,b', 'a,b'],
    ['metadata.name=A!', 'A!'],
    ['metadata.name=a/b', ''],
    ['metadata.name=\\', ''],
  ])('a list by %s is about %j', (fieldSelector, expected) => {
    const info = parseRequest('GET', '/api/v1/pods', new URLSearchParams({ fieldSelector }));
    expect(info.selectedName).toBe(expected);
  });
});
