export { FIRST_EPOCH, isAfter, type Installation, type Position } from "./installation";
export { markedBy, markName } from "./marks";
