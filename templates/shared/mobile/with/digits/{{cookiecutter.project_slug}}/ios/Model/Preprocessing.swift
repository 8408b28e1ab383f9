import Foundation

/// Turns a grey picture into the model's input, as signature.json says.
///
/// preprocess.py does the same in Python: change both together.
struct Preprocessing: Decodable {
    let height: Int
    let width: Int
    let layout: String
    let scale: Double

    /// Returns the shape of the input for one picture: its axes as `layout` orders them.
    func shape() throws -> [Int] {
        try layout.map { axis in
            switch axis {
            case "N", "C": return 1
            case "H": return height
            case "W": return width
            default: throw UnknownAxis(name: axis)
            }
        }
    }

    /// Returns the input for the grey values of a picture, row by row.
    func input(from pixels: [UInt8], pictureWidth: Int) -> [Float] {
        let rows = shares(of: pixels.count / pictureWidth, in: height)
        let columns = shares(of: pictureWidth, in: width)
        let squeezed = rows.map { row in
            (0..<pictureWidth).map { x in
                row.indices.reduce(0) { $0 + row[$1] * Double(pixels[$1 * pictureWidth + x]) }
            }
        }
        return squeezed.flatMap { row in
            columns.map { column in
                Float(column.indices.reduce(0) { $0 + column[$1] * row[$1] } * scale)
            }
        }
    }
}

/// An axis in the layout of signature.json that this app does not know.
struct UnknownAxis: LocalizedError {
    let name: Character

    var errorDescription: String? { "signature.json names an axis \(name)" }
}

/// Returns, for each target pixel, how much of it each source pixel makes up.
func shares(of source: Int, in target: Int) -> [[Double]] {
    let step = Double(source) / Double(target)
    return (0..<target).map { index in
        (0..<source).map { pixel in
            let start = max(Double(index) * step, Double(pixel))
            let end = min(Double(index + 1) * step, Double(pixel + 1))
            return max(end - start, 0) / step
        }
    }
}
