// Loaded before every program of package.json's scripts, and plain JavaScript, so that an old Node can read it.

const majorMin = 24;
const major = Number(process.versions.node.split('.')[0]);
if (major < majorMin) {
  console.error(
    `Sluice needs Node ${majorMin}; this is Node ${process.versions.node}. "npm ci" brings the right one along for these ` +
      'commands, unless it was told to ignore scripts: run "npm ci" again without --ignore-scripts, or "npm rebuild node".',
  );
  process.exit(1);
}
