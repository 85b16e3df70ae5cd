// What a page of a mini-program does with the client. `npm run check` proves that it fits the API.
import { Refusal, Tongxin } from "./client";
import type { components } from "./tongxin";

type Purpose = components["schemas"]["Purpose"];

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

/** After the person has read each text and chosen; `phoneCode` is what the phone-number button gave. */
export async function register(name: string, phoneCode: string, scene: string, chosen: Purpose[]): Promise<string> {
  const texts = (await api.get("/api/v1/consents", {})).items.filter((text) => chosen.includes(text.purpose));
  const consents = texts.map(({ purpose, version }) => ({ purpose, version }));
  try {
    const body = { name, phone: { code: phoneCode }, place: { scene }, fourteen: true, consents };
    const me = await api.post("/api/v1/me", { body });
    return me.joined ? "您以前登记过，这个微信已经关联到原来的资料。" : `${me.name}，欢迎您！`;
  } catch (error) {
    if (error instanceof Refusal) return error.message; // 手机号是别人登记过的：问她是不是新办的号码。
    throw error;
  }
}
