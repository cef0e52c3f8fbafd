// Where each province stands in the tile map: column and row from the north-west, short name. One tile a province, so that a
// small one is as visible as a large one.
export type Tile = { code: string; name: string; column: number; row: number };

const ROWS: [number, number, string, string][] = [
  [0, 0, "H35", "Lai Châu"], [1, 0, "H38", "Lào Cai"], [2, 0, "H22", "Hà Giang"], [3, 0, "H14", "Cao Bằng"],
  [0, 1, "H18", "Điện Biên"], [1, 1, "H63", "Yên Bái"], [2, 1, "H60", "Tuyên Quang"], [3, 1, "H03", "Bắc Kạn"], [4, 1, "H37", "Lạng Sơn"],
  [0, 2, "H52", "Sơn La"], [1, 2, "H44", "Phú Thọ"], [2, 2, "H62", "Vĩnh Phúc"], [3, 2, "H55", "Thái Nguyên"], [4, 2, "H02", "Bắc Giang"], [5, 2, "H49", "Quảng Ninh"],
  [1, 3, "H28", "Hòa Bình"], [2, 3, "H26", "Hà Nội"], [3, 3, "H05", "Bắc Ninh"], [4, 3, "H23", "Hải Dương"], [5, 3, "H24", "Hải Phòng"],
  [2, 4, "H25", "Hà Nam"], [3, 4, "H31", "Hưng Yên"], [4, 4, "H54", "Thái Bình"],
  [2, 5, "H42", "Ninh Bình"], [3, 5, "H40", "Nam Định"],
  [2, 6, "H56", "Thanh Hóa"], [2, 7, "H41", "Nghệ An"], [2, 8, "H27", "Hà Tĩnh"],
  [3, 9, "H46", "Quảng Bình"], [3, 10, "H50", "Quảng Trị"], [4, 11, "H57", "Huế"],
  [4, 12, "H47", "Quảng Nam"], [5, 12, "H17", "Đà Nẵng"],
  [4, 13, "H34", "Kon Tum"], [5, 13, "H48", "Quảng Ngãi"], [4, 14, "H21", "Gia Lai"], [5, 14, "H08", "Bình Định"],
  [4, 15, "H15", "Đắk Lắk"], [5, 15, "H45", "Phú Yên"],
  [2, 16, "H10", "Bình Phước"], [3, 16, "H16", "Đắk Nông"], [4, 16, "H36", "Lâm Đồng"], [5, 16, "H32", "Khánh Hòa"],
  [1, 17, "H53", "Tây Ninh"], [2, 17, "H09", "Bình Dương"], [3, 17, "H19", "Đồng Nai"], [4, 17, "H11", "Bình Thuận"], [5, 17, "H43", "Ninh Thuận"],
  [1, 18, "H39", "Long An"], [2, 18, "H29", "TP. HCM"], [3, 18, "H06", "BR - VT"],
  [0, 19, "H01", "An Giang"], [1, 19, "H20", "Đồng Tháp"], [2, 19, "H58", "Tiền Giang"],
  [1, 20, "H13", "Cần Thơ"], [2, 20, "H61", "Vĩnh Long"], [3, 20, "H07", "Bến Tre"],
  [0, 21, "H33", "Kiên Giang"], [1, 21, "H30", "Hậu Giang"], [2, 21, "H51", "Sóc Trăng"], [3, 21, "H59", "Trà Vinh"],
  [0, 22, "H12", "Cà Mau"], [1, 22, "H04", "Bạc Liêu"],
];

export const TILES: Tile[] = ROWS.map(([column, row, code, name]) => ({ column, row, code, name }));
/** The archipelagos, with the provinces that they belong to. */
export const ISLANDS = [
  { column: 7.1, row: 11.5, name: "Hoàng Sa", code: "H17" },
  { column: 7.1, row: 18.5, name: "Trường Sa", code: "H32" },
];
/** Where central agencies stand together. */
export const CENTRAL = { column: 5.1, row: 0, name: "TW" };
export const COLUMNS = 8;
export const ROW_COUNT = 23;

/** The province that a code counts under, and nothing for central agencies: the first group of the code says it. */
export const provinceOf = (code: string) => (code.startsWith("H") ? code.split(".")[0]! : "");
