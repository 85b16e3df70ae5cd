// What a page of a mini-program does with the client. `npm run check` proves that it fits the API.
import { Refusal, Tongxin } from "./client";

const api = new Tongxin("https://wx.example.org", "wx0123456789abcdef");

export async function communities(street: string): Promise<string[]> {
  const names: string[] = [];
  for await (const place of api.each("/api/v1/places", { query: { parent: street, limit: 100 } })) {
    names.push(place.name);
  }
  return names;
}

export async function communityHere(latitude: number, longitude: number): Promise<string> {
  try {
    return (await api.get("/api/v1/places/nearest", { query: { latitude, longitude } })).name;
  } catch (error) {
    if (error instanceof Refusal) return error.message; // 五公里以内没有本街道的社区。
    throw error;
  }
}

export async function nameOf(code: string): Promise<string> {
  return (await api.get("/api/v1/places/{code}", { path: { code } })).name;
}
