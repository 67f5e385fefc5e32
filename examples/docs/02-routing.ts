// Simplified for brevity
interface BunRequest<T extends string> extends Request {
  params: Record<T, string>;
}
