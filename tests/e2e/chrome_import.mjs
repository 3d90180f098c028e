// Has the trace engine of Chrome's DevTools open a trace, and prints the tracks that it finds there, each with its
// calls within each other, as JSON.
//
//   node --preserve-symlinks chrome_import.mjs FOLDER_OF_THE_ENGINE <TRACE
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const { Handlers, TraceModel } = await import(pathToFileURL(`${process.argv[2]}/models/trace/trace.js`))

// Of a browser's own classes the engine takes this one, for where things are on a page.
globalThis.DOMRect = class {}
// Node.js 18, as Debian 12 has it, lacks this, which names the site that a trace is of; ours is of none.
URL.parse ??= () => null

const described = ({ entry, selfTime, children }) => {
  const { name, cat, ts, dur, args } = entry
  return { name, cat, ts, dur, args, self_us: selfTime, calls: children.map(described) }
}

const model = TraceModel.Model.createWithAllHandlers()
await model.parse(JSON.parse(readFileSync(0, 'utf8')))
const { data } = model.parsedTrace()
const tracks = Handlers.Threads.threadsInTrace(data).map(({ pid, tid, name, tree }) => ({
  pid,
  tid,
  name,
  process: data.Meta.processNames.get(pid)?.args.name,
  calls: [...tree.roots].map(described),
}))
process.stdout.write(JSON.stringify(tracks))
