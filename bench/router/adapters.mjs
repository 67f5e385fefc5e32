// SPDX-License-Identifier: MIT
// One adapter a router: builds it from a list of patterns and gives back the fastest way to look a
// path up that it offers in public. `find(path)` is the lookup that is timed, `value` and `param`
// read a result. The trailing-wildcard syntax is the only thing that differs between patterns.
// Knows nothing of timing.

const adapters = {
  bunserve: {
    label: 'bunserve/router (from JS)',
    async build(routes) {
      const { createRouter } = await import('bunserve/router');
      const router = createRouter();
      routes.forEach((route, index) => router.add('GET', route, index + 1));
      return {
        find: (path) => router.match('GET', path),
        value: (found) => found.value,
        param: (found, name) => found.params[name],
      };
    },
  },
  'find-my-way': {
    label: 'find-my-way',
    async build(routes) {
      const { default: createRouter } = await import('find-my-way');
      const router = createRouter();
      const handler = () => {};
      routes.forEach((route, index) => router.on('GET', route, handler, index + 1));
      return {
        find: (path) => router.find('GET', path),
        value: (found) => found.store,
        param: (found, name) => found.params[name],
      };
    },
  },
  rou3: {
    label: 'rou3',
    async build(routes) {
      const { createRouter, addRoute, findRoute } = await import('rou3');
      const router = createRouter();
      routes.forEach((route, index) => addRoute(router, 'GET', wild(route, '**'), index + 1));
      return {
        find: (path) => findRoute(router, 'GET', path),
        value: (found) => found.data,
        param: (found, name) => found.params[name],
      };
    },
  },
  'rou3-compiled': {
    label: 'rou3, compiled',
    async build(routes) {
      const { createRouter, addRoute } = await import('rou3');
      const { compileRouter } = await import('rou3/compiler');
      const router = createRouter();
      routes.forEach((route, index) => addRoute(router, 'GET', wild(route, '**'), index + 1));
      const find = compileRouter(router);
      return {
        find: (path) => find('GET', path),
        value: (found) => found.data,
        param: (found, name) => found.params[name],
      };
    },
  },
  hono: {
    label: 'Hono RegExpRouter',
    async build(routes) {
      const { RegExpRouter } = await import('hono/router/reg-exp-router');
      const router = new RegExpRouter();
      routes.forEach((route, index) => router.add('GET', route, index + 1));
      // The result holds positions in an array of captures, as Hono's own request reads them.
      return {
        find: (path) => router.match('GET', path),
        value: (found) => found[0][0][0],
        param: (found, name) => found[1][found[0][0][1][name]],
      };
    },
  },
  memoirist: {
    label: 'memoirist',
    async build(routes) {
      const { Memoirist } = await import('memoirist');
      const router = new Memoirist();
      routes.forEach((route, index) => router.add('GET', route, index + 1));
      return {
        find: (path) => router.find('GET', path),
        value: (found) => found.store,
        param: (found, name) => found.params[name],
      };
    },
  },
};

const wild = (route, star) => (route.endsWith('/*') ? route.slice(0, -1) + star : route);

export const routerIds = Object.keys(adapters);
export const labelOf = (id) => adapters[id].label;
export const buildRouter = (id, routes) => adapters[id].build(routes);
