import Foundation

/// Turns a grey picture into the model's input, as signature.json says.
///
/// prepare.py does the same in Python: change both together.
struct Preprocessing: Decodable {
    let height: Int
    let width: Int
    let layout: String
    let scale: Double

    /// The orders of axes in which the values of a grey picture follow each other row by row.
    static let layouts = ["NHW", "NHWC", "NCHW"]

    /// Returns the shape of the input for one picture: its axes as `layout` orders them.
    func shape() throws -> [Int] {
        guard Self.layouts.contains(layout) else { throw UnknownLayout(name: layout) }
        return layout.map { axis in
            switch axis {
            case "H": return height
            case "W": return width
            default: return 1  // one picture, of one channel
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

/// A layout in signature.json that this app does not know.
struct UnknownLayout: LocalizedError {
    let name: String

    var errorDescription: String? {
        "signature.json has the layout \(name), not one of \(Preprocessing.layouts)"
    }
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
